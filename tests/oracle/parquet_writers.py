"""The same small table as several programs write it to Parquet."""
import decimal

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

codes, names, counts = ["09001", "09002"], ["Sở", None], [12, 7]


def write(name, arrays, **options):
    pq.write_table(pa.table(arrays), f"{name}.parquet", **options)


plain = {"code": codes, "name": names, "count": counts}
write("plain", {"code": pa.array(codes), "name": pa.array(names), "count": pa.array(counts, pa.int32())})
write("gzip", {"code": pa.array(codes), "name": pa.array(names), "count": pa.array(counts)}, compression="gzip", version="1.0")
write("large", {"code": pa.array(codes, pa.large_string()), "name": pa.array(names, pa.large_string()), "count": pa.array(counts, pa.uint8())})
write("dictionary", {key: pa.array(value).dictionary_encode() for key, value in [("code", codes), ("name", names)]} | {"count": pa.array(counts)})
binary = lambda texts: pa.array([text.encode() if text else None for text in texts], pa.binary())
write("binary", {"code": binary(codes), "name": binary(names), "count": pa.array(counts, pa.float32())})
decimals = pa.array([decimal.Decimal(count) for count in counts], pa.decimal128(12, 3))
write("decimal", {"code": pa.array(codes), "name": pa.array(names), "count": decimals})
pd.DataFrame(plain).to_parquet("pandas.parquet")
pd.DataFrame(plain).astype({"code": "category", "name": "category"}).to_parquet("category.parquet")
pl.DataFrame(plain).write_parquet("polars.parquet")
pl.DataFrame(plain).with_columns(pl.col("code").cast(pl.Categorical)).write_parquet("categorical.parquet")
frame = pd.DataFrame(plain)
duckdb.sql("COPY (SELECT code, name, CAST(count AS DECIMAL(9, 2)) AS count FROM frame) TO 'duckdb.parquet' (FORMAT parquet)")
