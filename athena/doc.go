// Package athena writes the SQL that puts Amazon Athena over flow logs in S3:
// tables and their partitions for text and Parquet, in every layout in which
// flow logs are delivered, and the questions people ask of them. It imports no
// AWS client: statements are text, run them with whatever client you have.
package athena
