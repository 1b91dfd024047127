-- Neighbours of products by plain SQL: what recommendations/neighbours.py computes, on an engine of
-- any size. Reads `interactions (pet, product)`; gives `product, other, likeness`.
WITH had AS (
    SELECT DISTINCT pet, product FROM interactions
),
counts AS (
    SELECT product, COUNT(*) AS pets FROM had GROUP BY product
),
pairs AS (
    SELECT a.product AS product, b.product AS other, COUNT(*) AS pets
    FROM had AS a JOIN had AS b ON a.pet = b.pet AND a.product <> b.product
    GROUP BY a.product, b.product
),
scored AS (
    SELECT pairs.product, pairs.other,
           pairs.pets / (SQRT(mine.pets * 1.0) * SQRT(theirs.pets * 1.0) + 10.0) AS likeness
    FROM pairs
    JOIN counts AS mine ON mine.product = pairs.product
    JOIN counts AS theirs ON theirs.product = pairs.other
),
placed AS (
    SELECT product, other, likeness,
           ROW_NUMBER() OVER (PARTITION BY product ORDER BY likeness DESC, other) AS place
    FROM scored
)
SELECT product, other, likeness FROM placed WHERE place <= 200 ORDER BY product, place
