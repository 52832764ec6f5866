variable "project_id" {
  description = "Project in which everything is made."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is a project's id, 6 to 30 characters of a-z, 0-9 and -, not its name or number. Projects of a domain (example.com:shop) can't be part of a bucket's name."
  }
}

variable "project_number" {
  description = "The project's number: Pub/Sub's own account is named after it."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+$", var.project_number))
    error_message = "project_number has digits only; project_id is the one with letters."
  }
}

variable "name" {
  description = "What every resource's name begins with. Two installations in one project need two names."
  type        = string
  default     = "funnelpulse"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name))
    error_message = "name is 3 to 20 characters of a-z, 0-9 and -, beginning with a letter: longer ones don't fit into the ids of service accounts."
  }
}

variable "region" {
  description = "Region of buckets, messages and images, like europe-west1. Data that is read or loaded should be in one region: what crosses regions is slower and is paid for."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is a region like europe-west1, no zone (europe-west1-b) and no multi-region (EU)."
  }
}

variable "labels" {
  description = "Labels on everything that can have some; bills can be split by them."
  type        = map(string)
  default     = {}
}

variable "archive_bucket" {
  description = "Name of the bucket that messages are archived in, without gs://."
  type        = string

  validation {
    condition     = !startswith(var.archive_bucket, "gs://") && length(var.archive_bucket) >= 3
    error_message = "archive_bucket is a bucket's name without gs://."
  }
}

variable "retention_days" {
  description = "Days for which unread events are kept. A run that stands still for longer loses messages; the archive still has them."
  type        = number
  default     = 7

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 31 && floor(var.retention_days) == var.retention_days
    error_message = "retention_days is a whole number from 1 to 31."
  }
}

variable "dead_letter_retention_days" {
  description = "Days for which unread dead letters are kept in Pub/Sub. They also stand in the table dead_letters."
  type        = number
  default     = 14

  validation {
    condition     = var.dead_letter_retention_days >= 1 && var.dead_letter_retention_days <= 31 && floor(var.dead_letter_retention_days) == var.dead_letter_retention_days
    error_message = "dead_letter_retention_days is a whole number from 1 to 31."
  }
}

variable "archive_file_minutes" {
  description = "Minutes after which the archive begins a new file. More makes fewer and larger files, which are read faster; a message is in the archive that much later."
  type        = number
  default     = 5

  validation {
    condition     = var.archive_file_minutes >= 1 && var.archive_file_minutes <= 10 && floor(var.archive_file_minutes) == var.archive_file_minutes
    error_message = "archive_file_minutes is a whole number from 1 to 10."
  }
}
