"""Amazon SNS: topics, subscriptions and what is published. Delivering it is the business of `deliver`."""
