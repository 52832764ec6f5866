variable "project_id" {
  description = "Project in which everything is made."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is a project's id, 6 to 30 characters of a-z, 0-9 and -, not its name or number. Projects of a domain (example.com:shop) can't be part of a bucket's name."
  }
}

variable "labels" {
  description = "Labels on everything that can have some; bills can be split by them."
  type        = map(string)
  default     = {}
}

variable "alert_emails" {
  description = "Addresses that alerts go to. Without one, alerts are seen in the console only."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+$", address))])
    error_message = "alert_emails has addresses like data@example.com."
  }
}

variable "events_subscription" {
  description = "Name of the subscription that a run reads."
  type        = string
}

variable "archive_subscription" {
  description = "Name of the subscription by which messages are archived."
  type        = string
}

variable "dead_letter_topic" {
  description = "Name of the topic of dead letters."
  type        = string
}

variable "retention_days" {
  description = "Days for which unread events are kept: said in the alert."
  type        = number
}

variable "oldest_unacked_minutes" {
  description = "Age of the oldest unacked event, in minutes, above which somebody is told. A healthy run acks every few seconds, on Dataflow every few minutes."
  type        = number
  default     = 15

  validation {
    condition     = var.oldest_unacked_minutes >= 1
    error_message = "oldest_unacked_minutes is a number of minutes from 1."
  }
}

variable "dead_letters_per_hour" {
  description = "Dead letters in an hour above which somebody is told."
  type        = number
  default     = 0

  validation {
    condition     = var.dead_letters_per_hour >= 0
    error_message = "dead_letters_per_hour is a number from 0."
  }
}
