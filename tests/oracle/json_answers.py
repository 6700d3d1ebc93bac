"""Answers of commands against the schemas of docs/json: json_answers.py SCHEMAS ANSWERS; a name stands for a command."""

import json
import pathlib
import sys

import jsonschema

schemas, answers = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
wrong, seen = [], 0
types = {}
for path in sorted(answers.glob("*.json")):
    file = schemas / f"{path.stem}.schema.json"
    if not file.is_file():
        wrong.append(f"{path.stem}: docs/json has no schema")
        continue
    schema = json.loads(file.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    value = json.loads(path.read_text(encoding="utf-8"))
    for problem in list(jsonschema.Draft202012Validator(schema).iter_errors(value))[:3]:
        wrong.append(f"{path.stem}: {list(problem.absolute_path)}: {problem.message[:200]}")
    # A schema that says nothing of a field proves nothing.
    for key in value:
        if key not in schema["properties"]:
            wrong.append(f"{path.stem}: {key} is not described")
    seen += 1

def walk(value, name, path):
    """Notes what each field is; what stands in rows of a query or by names of others has names of its own."""
    if name in ("rows", "values"):
        return
    kind = {dict: "object", list: "list", str: "text", bool: "yes/no", int: "number", float: "number"}.get(type(value))
    if kind == "list":
        inner = {type(own).__name__ for own in value} - {"NoneType"}
        kind = f"list of {'/'.join(sorted(inner))}" if inner else None
        for own in value:
            walk(own, None, path)
    elif kind == "object":
        for key, own in value.items():
            walk(own, key, f"{path}/{key}")
    if name is not None and kind:
        types.setdefault(name, {}).setdefault(kind, path)


for path in sorted(answers.glob("*.json")):
    walk(json.loads(path.read_text(encoding="utf-8")), None, path.stem)
for name, kinds in sorted(types.items()):
    if len(kinds) > 1:
        wrong.append(f"{name} is {', '.join(f'{kind} in {path}' for kind, path in kinds.items())}")
for line in wrong:
    print(line)
print(f"{seen} answers; {len(wrong)} problems")
sys.exit(1 if wrong or seen < 15 else 0)
