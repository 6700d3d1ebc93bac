"""Questions made by chance over an archive, and what DuckDB answers to them.

random_sql.py make VIEWS SEED COUNT QUESTIONS   writes a JSON list of questions
random_sql.py judge VIEWS ANSWERS               compares [{"sql", "rows"} or {"sql", "error"}, …] with DuckDB's answers
random_sql.py find VIEWS ANSWERS                the same; at least one other answer is wanted

VIEWS is a JSON object: "views" a list of [name, SQL], "made" an object of tables made on the way, each a Parquet file, "stored" an object of the
archive's tables, each a list of [file, year, term]: which files those are depends on what is looked at, releases, drafts or an earlier day.
"""

import json
import math
import pathlib
import random
import sys
from decimal import Decimal

import duckdb

# Share of questions that may be refused, in words.
MOST_REFUSED = 0.03
SHOWN = 12
KEYS = ("school_year", "term", "unit", "form", "sheet", "code", "column_no")
# Of these only a part is taken at a time: a join of two of them would be too large for a test.
LARGE = ("cells", "amounts", "labelled_cells", "labelled_amounts", "cells_by_place", "amounts_by_place", "unit_measures", "ancestors", "places", "cells_old_names", "amounts_old_names")


def connect(views):
    con = duckdb.connect()
    con.execute("SET enable_progress_bar = false; SET threads = 2")
    told = json.loads(pathlib.Path(views).read_text())
    for table, files in told["stored"].items():
        con.execute(f'create view "{table}" as {" union all by name ".join(stored(con, *file) for file in files)}')
    for name, path in told["made"].items():
        con.execute(f"create view {name} as from read_parquet('{path}')")
    for name, sql in told["views"]:
        try:
            con.execute(f'create view "{name}" as {sql}')
        except duckdb.CatalogException:
            pass
    return con


def stored(con, path, year, term):
    """A file with the year and term that it is of."""
    source = f"read_parquet('{path}', hive_partitioning = false)"
    own = [c for c, *_ in con.execute(f"describe select * from {source}").fetchall() if c not in ("school_year", "term")]
    return f"""(select {year}::BIGINT as school_year, '{term}' as term, {", ".join(f'"{c}"' for c in own)} from {source})"""


class Column:
    def __init__(self, name, kind, values):
        self.name, self.kind, self.values = name, kind, values


def kind_of(name):
    if name.startswith("DECIMAL"):
        return "decimal"
    return {"BIGINT": "whole", "INTEGER": "whole", "SMALLINT": "whole", "HUGEINT": "whole", "VARCHAR": "text", "DATE": "date", "BOOLEAN": "flag", "DOUBLE": "number"}.get(name)


def tables_of(con):
    tables = {}
    # With more threads the sample is another every time.
    con.execute("SET threads = 1")
    for (name,) in con.execute("select view_name from duckdb_views() where not internal order by 1").fetchall():
        columns = []
        for column, kind, *_ in con.execute(f'describe "{name}"').fetchall():
            if kind_of(kind):
                columns.append((column, kind_of(kind)))
        sample = con.execute(f'select * from (from "{name}" limit 20000) using sample reservoir(60 rows) repeatable (1)').fetchall()
        heads = [d[0] for d in con.description]
        if not sample:
            continue
        rows = sorted(sample, key=str)
        tables[name] = [Column(c, k, sorted({r[heads.index(c)] for r in rows if r[heads.index(c)] is not None}, key=str)[:25]) for c, k in columns]
    return tables


def literal(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, Decimal)):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    text = str(value).replace("'", "''")
    return f"DATE '{text}'" if type(value).__name__ == "date" else f"'{text}'"


class Maker:
    def __init__(self, tables, seed):
        self.tables, self.random = tables, random.Random(seed)
        self.names = 0

    def chance(self, share):
        return self.random.random() < share

    def pick(self, choices):
        return self.random.choice(list(choices))

    def alias(self):
        self.names += 1
        return f"t{self.names}"

    # -- tables ---------------------------------------------------------------------------------------------

    def narrowed(self, name):
        """A condition that leaves few rows of a large table."""
        columns = {c.name: c for c in self.tables[name]}
        parts = []
        for key in ("form", "code", "sheet", "unit", "measure", "place", "indicator"):
            column = columns.get(key)
            if column and column.values and len(parts) < 2:
                parts.append(f"{key} = {literal(self.pick(column.values))}")
        return " AND ".join(parts) or "1 = 1"

    def table(self):
        """FROM text, alias, columns."""
        name, alias = self.pick(self.tables), self.alias()
        if name in LARGE:
            return f'(SELECT * FROM "{name}" WHERE {self.narrowed(name)}) AS {alias}', alias, self.tables[name]
        if self.chance(0.15):
            return f'(SELECT * FROM "{name}" WHERE {self.condition([(None, c) for c in self.tables[name]], 1)}) AS {alias}', alias, self.tables[name]
        return f'{name} AS {alias}', alias, self.tables[name]

    def source(self):
        """FROM text and columns with their tables' names."""
        text, alias, columns = self.table()
        known = [(alias, c) for c in columns]
        # Columns whose table can be all null after an outer join stay: that is what is tried.
        for _ in range(self.pick([0, 0, 1, 1, 1, 2, 2, 3])):
            more, other, theirs = self.table()
            on = self.joined(known, other, theirs)
            if not on:
                continue
            kind = self.pick(["JOIN", "JOIN", "INNER JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "SEMI JOIN", "ANTI JOIN"])
            text += f" {kind} {more} ON {on}"
            if kind not in ("SEMI JOIN", "ANTI JOIN"):
                known += [(other, c) for c in theirs]
        return text, known

    def joined(self, known, other, theirs):
        """Keys that both have, and sometimes more."""
        pairs = []
        for key in KEYS:
            mine = [(a, c) for a, c in known if c.name == key]
            if mine and any(c.name == key for c in theirs):
                a, _ = self.pick(mine)
                sides = [f"{a}.{key}", f"{other}.{key}"]
                self.random.shuffle(sides)
                pairs.append(" = ".join(sides))
        above = [(a, c) for a, c in known if c.name == "reports_to"]
        if above and any(c.name == "unit" for c in theirs) and self.chance(0.3):
            pairs = [p for p in pairs if ".unit = " not in p] + [f"{other}.unit = {above[0][0]}.reports_to"]
        if len(pairs) < 3:
            return None
        if self.chance(0.3):
            both = [x for x in known + [(other, c) for c in theirs]]
            pairs.append(self.condition(both, self.pick([0, 0, 0, 1])))
        self.random.shuffle(pairs)
        return " AND ".join(pairs)

    # -- expressions ----------------------------------------------------------------------------------------

    def of(self, known, *kinds):
        return [(a, c) for a, c in known if c.kind in kinds]

    @staticmethod
    def name(a, c):
        quoted = f'"{c.name}"' if c.name != c.name.lower() or c.name in ("column", "rows", "values") else c.name
        return f"{a}.{quoted}" if a else quoted

    def number(self, known, depth=1):
        """A whole number or decimal of a row."""
        found = self.of(known, "whole", "decimal")
        if not found or self.chance(0.1):
            return self.pick(["1", "7", "100", "1.5", "0"])
        text = self.name(*self.pick(found))
        if depth <= 0 or self.chance(0.5):
            return text
        other = self.number(known, depth - 1)
        return self.pick([f"{text} + {other}", f"{text} - {other}", f"({text} + 1) * 2", f"COALESCE({text}, 0)", f"ABS({text})", f"-{text}",
                          f"CASE WHEN {self.condition(known, 0)} THEN {text} ELSE {other} END", f"NULLIF({text}, {other})", f"GREATEST({text}, {other})"])

    def text(self, known, depth=1):
        found = self.of(known, "text")
        if not found or self.chance(0.05):
            return "'Đông Sơn'"
        text = self.name(*self.pick(found))
        if depth <= 0 or self.chance(0.6):
            return text
        other = self.text(known, depth - 1)
        return self.pick([f"UPPER({text})", f"LOWER({text})", f"{text} || '-' || {other}", f"COALESCE({text}, {other})", f"SUBSTR({text}, 1, 3)", f"TRIM({text})",
                          f"REPLACE({text}, 'a', 'ă')", f"CASE WHEN {self.condition(known, 0)} THEN {text} ELSE {other} END", f"CONCAT({text}, {other})", f"LEFT({text}, 2)"])

    def condition(self, known, depth=1):
        a, c = self.pick(known)
        name = self.name(a, c)
        value = literal(self.pick(c.values)) if c.values else "NULL"
        kind = self.random.random()
        if depth > 0 and kind < 0.22:
            left, right = self.condition(known, depth - 1), self.condition(known, depth - 1)
            return self.pick([f"({left} AND {right})", f"({left} OR {right})", f"NOT ({left})", f"({left}) IS NOT TRUE", f"({left}) IS FALSE", f"({left}) IS NOT FALSE",
                              f"CASE WHEN {left} THEN {right} END"])
        if depth > 0 and kind < 0.42:
            return self.subquery(known)
        if c.kind == "flag":
            return self.pick([name, f"NOT {name}", f"{name} IS NULL", f"{name} IS NOT TRUE", f"{name} = {value}"])
        if c.kind == "text":
            return self.pick([f"{name} = {value}", f"{value} = {name}", f"{name} <> {value}", f"{name} > {value}", f"{name} IS NULL", f"{name} IS NOT NULL",
                              f"{name} LIKE {literal(str(value)[1:3] + '%')}", f"{name} IN ({value}, {literal(self.pick(c.values)) if c.values else 'NULL'})",
                              f"{name} NOT IN ({value}, 'x')", f"{name} IS DISTINCT FROM {value}", f"{name} BETWEEN {value} AND 'ư'", f"LENGTH({name}) > 5",
                              f"{name} = {self.text(known, 0)}", f"{name} ILIKE '%a%'"])
        if c.kind == "date":
            return self.pick([f"{name} = {value}", f"{name} < {value}", f"{name} IS NULL", f"{name} IS NOT DISTINCT FROM {value}"])
        text = self.pick([f"{name} = {value}", f"{name} <> {value}", f"{name} < {value}", f"{name} >= {value}", f"{name} IS NULL", f"{name} IS NOT NULL",
                          f"{name} IN ({value}, 1, NULL)", f"{name} NOT IN ({value}, 3)", f"{name} BETWEEN 1 AND {value}", f"{name} IS DISTINCT FROM {value}"])
        if c.kind == "decimal" and self.chance(0.3):
            return f"{name} > '{self.pick(['2', '10', '0.5'])}'"
        if c.kind == "whole" and self.chance(0.3):
            return f"{self.number(known, 1)} > {self.pick(['0', '10', '2024'])}"
        return text

    def subquery(self, known):
        """IN, EXISTS and single values, of the row and not."""
        inner = self.pick(self.tables)
        alias = self.alias()
        columns = self.tables[inner]
        shared = [(a, c) for a, c in known if any(o.name == c.name and o.kind == c.kind for o in columns) and c.name in KEYS]
        where = self.narrowed(inner) if inner in LARGE else self.condition([(alias, c) for c in columns], 0)
        kind = self.random.random()
        if shared and kind < 0.35:
            a, c = self.pick(shared)
            negated = self.pick(["", "", "NOT "])
            if negated:
                where += f" AND {alias}.{c.name} IS NOT NULL" if self.chance(0.7) else ""
            return f'{self.name(a, c)} {negated}IN (SELECT {alias}.{c.name} FROM "{inner}" AS {alias} WHERE {where})'
        if shared and kind < 0.75:
            some = self.random.sample(shared, min(len(shared), self.pick([1, 2, 3])))
            on = " AND ".join(self.pick([f"{alias}.{c.name} = {self.name(a, c)}", f"{self.name(a, c)} = {alias}.{c.name}"]) for a, c in some)
            negated = self.pick(["", "NOT "])
            return f'{negated}EXISTS (SELECT 1 FROM "{inner}" AS {alias} WHERE {on} AND {where})'
        numbers = [c for c in columns if c.kind in ("whole", "decimal")]
        mine = self.of(known, "whole", "decimal")
        if numbers and mine:
            c = self.pick(numbers)
            calls = self.pick(["MAX", "MIN", "AVG", "COUNT"])
            on = ""
            if shared and self.chance(0.5):
                a, s = self.pick(shared)
                on = f" AND {alias}.{s.name} = {self.name(a, s)}"
            return f'{self.name(*self.pick(mine))} {self.pick(["<", ">", "="])} (SELECT {calls}({alias}.{c.name}) FROM "{inner}" AS {alias} WHERE {where}{on})'
        return f'EXISTS (SELECT 1 FROM "{inner}" AS {alias} WHERE {where})'

    # -- questions ------------------------------------------------------------------------------------------

    def total(self, known):
        numbers = self.of(known, "whole", "decimal")
        name = self.name(*self.pick(numbers)) if numbers else "1"
        any_name = self.name(*self.pick(known))
        return self.pick(["COUNT(*)", f"COUNT({any_name})", f"COUNT(DISTINCT {any_name})", f"SUM({name})", f"AVG({name})", f"MIN({any_name})", f"MAX({any_name})",
                          f"SUM(CASE WHEN {self.condition(known, self.pick([0, 0, 1]))} THEN 1 ELSE 0 END)", f"COUNT(*) - COUNT({any_name})", f"SUM({name}) * 100.0 / NULLIF(COUNT(*), 0)",
                          f"SUM({name}) - COUNT(*)", f"COUNT(*) FILTER (WHERE {self.condition(known, 0)})", f"SUM(DISTINCT {name})", f"MAX({name}) - MIN({name})",
                          f"ROUND(SUM({name}) * 100.0 / NULLIF(COUNT(*), 0), 2)", f"COUNT(*) * 100 / 7", f"COUNT(*) % 7", f"COUNT(*) // 7"])

    def window(self, known):
        part, order = self.name(*self.pick(known)), [self.name(a, c) for a, c in self.random.sample(known, min(len(known), 2))]
        order = ", ".join(f"{o}{self.pick(['', ' DESC'])}" for o in order)
        numbers = self.of(known, "whole", "decimal")
        name = self.name(*self.pick(numbers)) if numbers else "1"
        call = self.pick(["RANK()", "DENSE_RANK()", "COUNT(*)", f"SUM({name})", f"MIN({name})", f"MAX({name})", f"AVG({name})", f"COUNT({name})"])
        over = self.pick([f"PARTITION BY {part} ORDER BY {order}", f"ORDER BY {order}", f"PARTITION BY {part} ORDER BY {order}"])
        if not call.startswith(("RANK", "DENSE")) and self.chance(0.4):
            over = f"PARTITION BY {part}"
        return f"{call} OVER ({over})"

    def select(self, source=None, width=None):
        text, known = source or self.source()
        where = f" WHERE {self.condition(known, 2)}" if self.chance(0.7) else ""
        if self.chance(0.55):
            keys = [self.name(a, c) for a, c in self.random.sample(known, min(len(known), self.pick([0, 1, 1, 2, 2])))]
            totals = [self.total(known) for _ in range(self.pick([1, 1, 2]))]
            if width:
                keys, totals = keys[: width - 1], totals
                totals = (totals * width)[: width - len(keys)]
            items = [f"{k} AS k{i}" for i, k in enumerate(keys)] + [f"{t} AS n{i}" for i, t in enumerate(totals)]
            group = f" GROUP BY {', '.join(keys)}" if keys else ""
            having = f" HAVING {self.pick(['COUNT(*) > 1', 'COUNT(*) < 50', f'{self.total(known)} > 2'])}" if keys and self.chance(0.25) else ""
            return f"SELECT {', '.join(items)} FROM {text}{where}{group}{having}", len(items)
        items = []
        for _ in range(width or self.pick([1, 2, 2, 3])):
            items.append(self.pick([lambda: self.name(*self.pick(known)), lambda: self.number(known), lambda: self.text(known), lambda: self.window(known),
                                    lambda: f"({self.condition(known, self.pick([0, 0, 1]))})"])())
        distinct = "DISTINCT " if self.chance(0.3) else ""
        named = [f"{item} AS c{i}" for i, item in enumerate(items)]
        return f"SELECT {distinct}{', '.join(named)} FROM {text}{where}", len(items)

    def set_operations(self):
        """Chains over a few columns that many tables have."""
        name = self.pick(["unit", "form", "school_year", "term"])
        have = [t for t, columns in self.tables.items() if any(c.name == name for c in columns)]
        def part():
            table = self.pick(have)
            where = self.narrowed(table) if table in LARGE else self.condition([(None, c) for c in self.tables[table]], 1)
            return f'SELECT {name} FROM "{table}" WHERE {where}'
        text = part()
        for _ in range(self.pick([1, 2, 2, 3])):
            text += f" {self.pick(['UNION', 'UNION ALL', 'EXCEPT', 'INTERSECT', 'UNION'])} {part()}"
        return text, 1

    def question(self):
        self.names = 0
        kind = self.random.random()
        if kind < 0.12:
            text, width = self.set_operations()
        else:
            text, width = self.select()
        if kind > 0.85:
            table = self.pick([t for t in self.tables if t not in LARGE])
            where = self.condition([(None, c) for c in self.tables[table]], 1)
            # The name of a table that there is already means the nearer one.
            name = self.pick([table, table, "mine"])
            alias = self.alias()
            known = [(alias, c) for c in self.tables[table]]
            inner, width = self.select((f"{name} AS {alias}", known))
            text = f'WITH {name} AS (SELECT * FROM "{table}" WHERE {where}) {inner}'
        elif kind > 0.75:
            alias = self.alias()
            inner, columns = self.select()
            text, width = f"SELECT COUNT(*) AS n FROM ({inner}) AS {alias}", 1
        if self.chance(0.3):
            order = ", ".join(f"{i}{self.pick(['', ' DESC', ' NULLS FIRST'])}" for i in range(1, width + 1))
            text += f" ORDER BY {order}" + (f" LIMIT {self.pick([1, 3, 10])}" if self.chance(0.7) else "")
        return text


def make(views, seed, count, questions):
    con = connect(views)
    maker = Maker(tables_of(con), int(seed))
    asked = []
    while len(asked) < int(count):
        sql = maker.question()
        try:
            con.execute(f"EXPLAIN {sql}")
        except duckdb.Error:
            # What DuckDB does not understand is no question.
            continue
        asked.append(sql)
    pathlib.Path(questions).write_text(json.dumps(asked, ensure_ascii=False))
    print(f"{len(asked)} questions")
    return 0


def plain(value):
    """Numbers to ten digits, so that the order of a sum of floats makes no difference; everything else as it is."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float, Decimal)):
        number = float(value)
        if not math.isfinite(number):
            return str(number)
        return 0.0 if number == 0 else float(f"{number:.10g}")
    return str(value)


def rows_of(rows):
    return sorted(([plain(v) for v in row] for row in rows), key=repr)


def only(rows, others):
    """Rows that the others do not have; there can be a hundred thousand of both."""
    known = {repr(row) for row in others}
    return [row for row in rows if repr(row) not in known]


def judge(views, answers, wanted=False):
    con = connect(views)
    asked = json.loads(pathlib.Path(answers).read_text())
    other, refused, empty, failed = [], [], 0, 0
    for one in asked:
        try:
            theirs = rows_of(con.execute(one["sql"]).fetchall())
        except duckdb.Error:
            # What fails there while it is worked out is no answer to compare with.
            failed += 1
            continue
        if "error" in one:
            refused.append((one["sql"], one["error"]))
            continue
        ours = rows_of(one["rows"])
        empty += not theirs
        if ours != theirs:
            mine, his = only(ours, theirs)[:2], only(theirs, ours)[:2]
            other.append(f"{one['sql']}\n   ours {len(ours)} rows {mine}\n   DuckDB {len(theirs)} rows {his}")
    for text in other[:SHOWN]:
        print("OTHER ", text)
    for sql, error in refused[:SHOWN]:
        print("REFUSED ", error, "\n   ", sql)
    print(f"{len(asked)} questions: {len(other)} other answers, {len(refused)} refused, {failed} fail in DuckDB, {empty} without rows")
    if wanted:
        return 0 if other else 1
    return 1 if other or len(refused) > MOST_REFUSED * len(asked) else 0


def find(views, answers):
    return judge(views, answers, wanted=True)


if __name__ == "__main__":
    sys.exit({"make": make, "judge": judge, "find": find}[sys.argv[1]](*sys.argv[2:]))
