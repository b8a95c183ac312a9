"""Trained debiasing methods: DDM, fine-tuning for fairness, Textual Inversion, DreamBooth (issue of variants; see training/README.md)."""
