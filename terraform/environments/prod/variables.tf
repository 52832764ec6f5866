variable "project_id" {
  description = "Project in which everything is made."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is a project's id, 6 to 30 characters of a-z, 0-9 and -, not its name or number. Projects of a domain (example.com:shop) can't be part of a bucket's name."
  }
}

variable "region" {
  description = "Region of buckets, messages, images and tables."
  type        = string
  default     = "europe-west1"
}

variable "data_only" {
  description = "Keep the buckets and the dataset, and remove everything else. `make destroy` sets it."
  type        = bool
  default     = false
}

variable "keep_data" {
  description = "Refuse to delete what holds data. `make destroy DATA=delete` applies it as false before it destroys."
  type        = bool
  default     = true
}

variable "alert_emails" {
  description = "Addresses that alerts go to."
  type        = list(string)
  default     = []
}
