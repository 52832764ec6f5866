output "funnelpulse" {
  description = "What to hand to FunnelPulse."
  value       = module.platform
}
