# State is shared: in a bucket of yours, which has to be there before. `make plan ENV=prod STATE_BUCKET=…` names it.
terraform {
  backend "gcs" {
    prefix = "funnelpulse/prod"
  }
}
