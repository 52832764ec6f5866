output "publisher" {
  description = "Account that sends events."
  value       = google_service_account.publisher.email
}

output "reader" {
  description = "Account that reads events and writes tables."
  value       = google_service_account.reader.email
}
