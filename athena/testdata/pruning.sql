-- unpartitioned, one hour
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "start" >= 1767243600
  AND "start" < 1767247200
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- unpartitioned, one hour and the late
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "start" >= 1767243600
  AND "start" < 1767247200
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- unpartitioned, one day
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "start" >= 1767225600
  AND "start" < 1767312000
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- unpartitioned, over the end of the year
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "start" >= 1767117600
  AND "start" < 1767333600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- unpartitioned, from
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "start" >= 1767243600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- unpartitioned, to
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "start" < 1767243600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- firehose, one hour
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" = '2026/01/01/05'
  AND "start" >= 1767243600
  AND "start" < 1767247200
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- firehose, one hour and the late
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/01/06'
  AND "start" >= 1767243600
  AND "start" < 1767247200
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- firehose, one day
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/00' AND '2026/01/01/23'
  AND "start" >= 1767225600
  AND "start" < 1767312000
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- firehose, over the end of the year
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2025/12/30/18' AND '2026/01/02/06'
  AND "start" >= 1767117600
  AND "start" < 1767333600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- firehose, from
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" >= '2026/01/01/05'
  AND "start" >= 1767243600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- firehose, to
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" <= '2026/01/01/05'
  AND "start" < 1767243600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-daily, one hour
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "day" = '2026/01/01'
  AND "start" >= 1767243600
  AND "start" < 1767247200
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-daily, one hour and the late
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "day" = '2026/01/01'
  AND "start" >= 1767243600
  AND "start" < 1767247200
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-daily, one day
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "day" = '2026/01/01'
  AND "start" >= 1767225600
  AND "start" < 1767312000
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-daily, over the end of the year
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "day" BETWEEN '2025/12/30' AND '2026/01/02'
  AND "start" >= 1767117600
  AND "start" < 1767333600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-daily, from
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "day" >= '2026/01/01'
  AND "start" >= 1767243600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-daily, to
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "day" <= '2026/01/01'
  AND "start" < 1767243600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hourly, one hour
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" = '2026/01/01/05'
  AND "start" >= 1767243600
  AND "start" < 1767247200
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hourly, one hour and the late
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/01/06'
  AND "start" >= 1767243600
  AND "start" < 1767247200
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hourly, one day
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/00' AND '2026/01/01/23'
  AND "start" >= 1767225600
  AND "start" < 1767312000
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hourly, over the end of the year
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2025/12/30/18' AND '2026/01/02/06'
  AND "start" >= 1767117600
  AND "start" < 1767333600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hourly, from
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" >= '2026/01/01/05'
  AND "start" >= 1767243600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hourly, to
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" <= '2026/01/01/05'
  AND "start" < 1767243600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hive-daily, one hour
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "year" = '2026'
  AND "month" = '01'
  AND "day" = '01'
  AND "start" >= 1767243600
  AND "start" < 1767247200
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hive-daily, one hour and the late
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "year" = '2026'
  AND "month" = '01'
  AND "day" = '01'
  AND "start" >= 1767243600
  AND "start" < 1767247200
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hive-daily, one day
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "year" = '2026'
  AND "month" = '01'
  AND "day" = '01'
  AND "start" >= 1767225600
  AND "start" < 1767312000
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hive-daily, over the end of the year
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "year" BETWEEN '2025' AND '2026'
  AND "year" || "month" || "day" BETWEEN '20251230' AND '20260102'
  AND "start" >= 1767117600
  AND "start" < 1767333600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hive-daily, from
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "year" >= '2026'
  AND "year" || "month" || "day" >= '20260101'
  AND "start" >= 1767243600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hive-daily, to
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "year" <= '2026'
  AND "year" || "month" || "day" <= '20260101'
  AND "start" < 1767243600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hive-hourly, one hour
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "year" = '2026'
  AND "month" = '01'
  AND "day" = '01'
  AND "hour" = '05'
  AND "start" >= 1767243600
  AND "start" < 1767247200
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hive-hourly, one hour and the late
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "year" = '2026'
  AND "month" = '01'
  AND "day" = '01'
  AND "hour" BETWEEN '05' AND '06'
  AND "start" >= 1767243600
  AND "start" < 1767247200
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hive-hourly, one day
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "year" = '2026'
  AND "month" = '01'
  AND "day" = '01'
  AND "hour" BETWEEN '00' AND '23'
  AND "start" >= 1767225600
  AND "start" < 1767312000
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hive-hourly, over the end of the year
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "year" BETWEEN '2025' AND '2026'
  AND "year" || "month" || "day" || "hour" BETWEEN '2025123018' AND '2026010206'
  AND "start" >= 1767117600
  AND "start" < 1767333600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hive-hourly, from
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "year" >= '2026'
  AND "year" || "month" || "day" || "hour" >= '2026010105'
  AND "start" >= 1767243600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- s3-hive-hourly, to
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "year" <= '2026'
  AND "year" || "month" || "day" || "hour" <= '2026010105'
  AND "start" < 1767243600
  AND "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

