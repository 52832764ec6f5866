output "alert_policies" {
  description = "Names of the alert policies."
  value = {
    events_wait   = google_monitoring_alert_policy.events_wait.display_name
    archive_waits = google_monitoring_alert_policy.archive_waits.display_name
    dead_letters  = google_monitoring_alert_policy.dead_letters.display_name
  }
}

output "channels" {
  description = "Ids of the channels that alerts go to."
  value       = local.channels
}
