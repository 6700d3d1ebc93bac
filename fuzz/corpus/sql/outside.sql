SELECT CASE WHEN x > 1 THEN -x ELSE CAST('1.5' AS DECIMAL(38, 6)) END FROM read_csv('/etc/passwd') AS t(x) UNION ALL SELECT * FROM "http://127.0.0.1/a.csv"
