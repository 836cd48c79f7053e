"""What follows the arrival of segments: the metrics that services, and the AWS services they call, are known by.

It runs behind the durable append, in a job that reads documents in the order of their arrival. `measures` says what
there is to count in a trace, `span_metrics` and `aws_calls` what metrics it counts for, `derive` counts each exactly
once.
"""
