"""Rotates secrets in four steps; the Lambda function that Secrets Manager calls. Standard library and boto3 only."""
