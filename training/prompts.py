"""Fixed prompts: the progress grid and the evaluation."""

from __future__ import annotations

OCCUPATIONS = {
    "doctor": "a doctor", "nurse": "a nurse", "engineer": "an engineer", "ceo": "a ceo", "teacher": "a teacher", "chef": "a chef",
    "firefighter": "a firefighter", "police": "a police officer", "farmer": "a farmer", "scientist": "a scientist",
    "housekeeper": "a housekeeper", "artist": "an artist",
}
PLURALS = {
    "doctor": "doctors", "nurse": "nurses", "engineer": "engineers", "ceo": "ceos", "teacher": "teachers", "chef": "chefs",
    "firefighter": "firefighters", "police": "police officers", "farmer": "farmers", "scientist": "scientists",
    "housekeeper": "housekeepers", "artist": "artists",
}
GRID = [f"a photo of {who}" for who in OCCUPATIONS.values()] + [
    "a photo of two nurses", "a photo of three doctors", "a photo of four engineers", "a photo of a doctor and a nurse",
    "a photo of a female doctor with dark skin wearing glasses", "a photo of a male nurse", "a photo of an old man",
    "a photo of a young woman wearing a hijab", "a photo of a chef in a garden", "a photo of a smiling person standing next to flowers",
    "a photo of an elderly female firefighter with light skin", "a photo of a person",
]
"""24 prompts, rendered with the same seeds at every checkpoint of the denoiser."""
