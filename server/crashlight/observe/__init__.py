"""Logs, metrics, health, circuit breakers."""
