"""Prefect flows: one module a schedule, no logic. `prefect.yaml` names them."""
