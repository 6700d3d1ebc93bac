WITH a AS (SELECT school_year, term, unit, SUM(value) AS n FROM cells WHERE form = 'tt25-2024/02-TH-DN' AND "column" IN (1, 2) GROUP BY school_year, term, unit)
SELECT u.name, a.n, RANK() OVER (ORDER BY a.n DESC) AS place FROM a JOIN units AS u ON a.unit = u.unit AND a.term = u.term
WHERE u.kind = 'school' AND EXISTS (SELECT 1 FROM submissions AS s WHERE s.unit = u.unit) ORDER BY a.n LIMIT 5
