"""What storing weights as int8 and fp16 costs in pictures: `python -m training.measure_quantization` (after export). The same prompts and seeds are drawn with the
shipped files and with unquantized ones of the same weights, and the same reader reads both."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from training import measurements
from training.export import write_graphs
from training.manifest import shipped_defaults
from training.models.reader import ATTRIBUTES
from training.paths import MODEL
from training.prompts import OCCUPATIONS
from training.reading import ExportedPipeline, PeopleReader, Person


def same_readings(reader: PeopleReader, a: list[Person], b: list[Person]) -> bool:
    """Whether the same people were read, best first, each with the same values (unclear included)."""
    values = [[tuple(reader.value(person, attribute.id) for attribute in ATTRIBUTES) for person in people] for people in (a, b)]
    return sorted(map(str, values[0])) == sorted(map(str, values[1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=4, help="pictures per occupation")
    each = parser.parse_args().each
    prompts = [f"a photo of {who}" for who in OCCUPATIONS.values() for _ in range(each)]
    seeds = [70_000 + i for i in range(len(prompts))]
    defaults, reader = shipped_defaults(), PeopleReader(MODEL)
    with tempfile.TemporaryDirectory() as folder:
        write_graphs(Path(folder), exact=True)
        exact, shipped = (ExportedPipeline(where).draw(prompts, seeds, defaults["steps"], defaults["guidanceScale"]) for where in (Path(folder), MODEL))
    error = np.square(exact - shipped).mean((1, 2, 3))
    psnr = -10 * np.log10(np.maximum(error, 1e-12))
    same = [same_readings(reader, a, b) for a, b in zip(reader.read(exact), reader.read(shipped))]
    result = {"medianPsnr": float(np.median(psnr)), "lowestPsnr": float(psnr.min()), "sameReadings": float(np.mean(same)), "n": len(prompts),
              "command": f"python -m training.measure_quantization --each {each}"}
    measurements.keep("quantization", result)
    print(result)


if __name__ == "__main__":
    main()
