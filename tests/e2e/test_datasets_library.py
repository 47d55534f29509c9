"""The `datasets` library: data pushed to the hub, loaded whole, streamed, and read as files."""

import pytest
from harness.client import Client


@pytest.fixture
def reader(hub):
    client = Client("model", hub.url, hub.key("alice"))
    yield client
    client.close()


PUSH = """
from datasets import Dataset
rows = Dataset.from_dict({"text": [f"row {i}" for i in range(2000)], "number": list(range(2000))})
rows.push_to_hub(repo)
rows.select(range(10)).push_to_hub(repo, config_name="small", split="test")
"""


def test_what_is_pushed_loads_whole_and_in_part(reader, repo):
    found = reader.run(
        PUSH
        + """
from datasets import get_dataset_config_names, load_dataset
whole = load_dataset(repo, split="train")
small = load_dataset(repo, "small", split="test")
streamed = next(iter(load_dataset(repo, split="train", streaming=True)))
result = [sorted(get_dataset_config_names(repo)), len(whole), whole[1999], small["number"][:], streamed]
""",
        repo=repo,
    )
    assert found[0] == ["default", "small"]
    assert found[1:3] == [2000, {"text": "row 1999", "number": 1999}]
    assert found[3] == list(range(10))
    assert found[4] == {"text": "row 0", "number": 0}


def test_pushing_again_replaces_a_split_and_keeps_the_others(reader, repo):
    found = reader.run(
        PUSH
        + """
from datasets import load_dataset
Dataset.from_dict({"text": ["only"], "number": [7]}).push_to_hub(repo)
result = [load_dataset(repo, split="train").to_list(), len(load_dataset(repo, "small", split="test"))]
""",
        repo=repo,
    )
    assert found == [[{"text": "only", "number": 7}], 10]


def test_plain_files_are_a_data_set(reader, alice, repo):
    assert alice.create_repo(repo, kind="dataset").status == 200
    found = reader.run(
        """
from datasets import Dataset, load_dataset
from huggingface_hub import HfApi
HfApi().upload_file(path_or_fileobj=b"a,b\\n1,2\\n3,4\\n", path_in_repo="data/train.csv", repo_id=repo, repo_type="dataset")
Dataset.from_dict({"text": ["x"]}).to_parquet(f"hf://datasets/{repo}/other/x.parquet")
import pandas
result = [
    load_dataset(repo, data_dir="data")["train"].to_list(),
    pandas.read_parquet(f"hf://datasets/{repo}/other/x.parquet")["text"].to_list(),
]
""",
        repo=repo,
    )
    assert found == [[{"a": 1, "b": 2}, {"a": 3, "b": 4}], ["x"]]
