"""Amazon SNS: topics, subscriptions, what is published, and what goes out to whom. `jobs.couriers` sends it."""
