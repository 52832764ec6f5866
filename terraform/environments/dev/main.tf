# A place to try things out: messages are kept for a day, rows for good (samples are of 2019: any expiry would delete them as they are written).

provider "google" {
  project = var.project_id
  region  = var.region
}

module "platform" {
  source = "../../modules/platform"

  project_id                 = var.project_id
  name                       = "funnelpulse-dev"
  region                     = var.region
  data_only                  = var.data_only
  keep_data                  = var.keep_data
  labels                     = { app = "funnelpulse", environment = "dev" }
  retention_days             = 1
  dead_letter_retention_days = 1
  archive_days               = 30
  alert_emails               = var.alert_emails
  oldest_unacked_minutes     = 60
  dead_letters_per_hour      = 100
}
