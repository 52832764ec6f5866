output "events_topic" {
  description = "Topic that producers publish to, projects/P/topics/T."
  value       = google_pubsub_topic.events.id
}

output "events_subscription" {
  description = "Subscription that a run reads, projects/P/subscriptions/S."
  value       = google_pubsub_subscription.events.id
}

output "archive_subscription" {
  description = "Subscription by which messages are archived, projects/P/subscriptions/S."
  value       = google_pubsub_subscription.archive.id
}

output "dead_letter_topic" {
  description = "Topic of dead letters, projects/P/topics/T."
  value       = google_pubsub_topic.dead_letters.id
}

output "dead_letter_subscription" {
  description = "Subscription with the dead letters that nobody has read yet, projects/P/subscriptions/S."
  value       = google_pubsub_subscription.dead_letters.id
}

# Short names, as metrics and IAM have them.

output "events_topic_name" {
  description = "Name of the events topic."
  value       = google_pubsub_topic.events.name
}

output "events_subscription_name" {
  description = "Name of the subscription that a run reads."
  value       = google_pubsub_subscription.events.name
}

output "archive_subscription_name" {
  description = "Name of the subscription by which messages are archived."
  value       = google_pubsub_subscription.archive.name
}

output "dead_letter_topic_name" {
  description = "Name of the topic of dead letters."
  value       = google_pubsub_topic.dead_letters.name
}
