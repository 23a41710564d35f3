"""On which machine a benchmark ran, and where its result is kept."""

import datetime
import json
import os
from pathlib import Path

ROOT = Path(__file__).parents[2]


def processor():
    """Return the name of the processor and the number of its cores."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    name = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return f"{name}, {os.cpu_count()} cores"


def rounded(value):
    """Return `value` with every number in it rounded to four digits."""
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def write(name, script, versions, results, **about):
    """Keep the `results` of a benchmark as optbook/book/benchmarks/`name`.json, with the machine
    and the date."""
    script = Path(script).resolve().relative_to(ROOT)
    report = {
        "machine": processor(),
        "date": datetime.date.today().isoformat(),
        "versions": versions,
    }
    report |= {"command": f"python {script} --write", **about, "results": rounded(results)}
    path = ROOT / "optbook" / "measured" / f"{name}.json"
    path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"written: {path.relative_to(ROOT)}")
