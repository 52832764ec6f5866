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

variable "untagged_days" {
  description = "Days after which an image without a tag is deleted; the ten newest stay."
  type        = number
  default     = 30

  validation {
    condition     = var.untagged_days >= 1 && floor(var.untagged_days) == var.untagged_days
    error_message = "untagged_days is a whole number of days from 1."
  }
}
