variable "project_id" {
  description = "Project in which everything is made."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is a project's id, 6 to 30 characters of a-z, 0-9 and -, not its name or number. Projects of a domain (example.com:shop) can't be part of a bucket's name."
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

variable "events_topic" {
  description = "Name of the events topic."
  type        = string
}

variable "events_subscription" {
  description = "Name of the subscription that a run reads."
  type        = string
}

variable "dead_letter_topic" {
  description = "Name of the topic of dead letters."
  type        = string
}

variable "raw_bucket" {
  description = "Name of the bucket of input files."
  type        = string
}

variable "archive_bucket" {
  description = "Name of the bucket of archived messages."
  type        = string
}

variable "dataset_id" {
  description = "Id of the dataset within the project."
  type        = string
}
