"""Trainings on TRL and accelerate: fine-tuning, continued pre-training, ladders."""
