"""Duplicates and benchmark questions, removed before answers are paid for."""
