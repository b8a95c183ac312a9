"""A tiny perception pack of random weights, and what transformers and Pillow make of a picture: `python -m training.golden.perception_pack`.

Writes workers/perception/pack/golden/: pack.json, a CLIP pair (transformers' CLIPModel, exported as two towers with their projections), a
classifier and a finder whose boxes are fixed, and golden.json with cuts (Pillow) and probabilities (transformers, from Pillow's cuts).
"""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from transformers import CLIPConfig, CLIPModel, CLIPTextConfig, CLIPVisionConfig

from training import tokenizer
from training.export import write_json
from training.models.text import MAX_TOKENS
from training.onnx_tools import export_checked
from training.paths import ROOT

OUT = ROOT / "workers" / "perception" / "pack" / "golden"
WIDTH, HEIGHT, SIZE, MARGIN = 60, 48, 32, 1.5
MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
BOXES = [[0.10, 0.20, 0.45, 0.70], [0.12, 0.22, 0.46, 0.72], [0.55, 0.25, 0.90, 0.85], [0.3, 0.3, 0.4, 0.4]]
SCORES = [0.95, 0.90, 0.85, 0.30]
TEMPLATES = ["a photo of {value}", "{value}, smiling"]
GENDER, AGE = {"woman": ["a woman", "a female person"], "man": ["a man", "a male person"]}, {"young": ["a young person"], "old": ["an old person"]}


class Image_(nn.Module):
    def __init__(self, clip: CLIPModel) -> None:
        super().__init__()
        self.clip = clip

    def forward(self, pixel_values: Tensor) -> Tensor:
        return self.clip.visual_projection(self.clip.vision_model(pixel_values=pixel_values).pooler_output)


class Text(nn.Module):
    def __init__(self, clip: CLIPModel) -> None:
        super().__init__()
        self.clip = clip

    def forward(self, input_ids: Tensor) -> Tensor:
        return self.clip.text_projection(self.clip.text_model(input_ids=input_ids).pooler_output)


class Classifier(nn.Module):
    """Logits of glasses (2), after one number that is nobody's."""

    def __init__(self) -> None:
        super().__init__()
        self.last = nn.Linear(3, 3)

    def forward(self, picture: Tensor) -> Tensor:
        return self.last(picture.mean((2, 3)))


class Finder(nn.Module):
    """The same boxes in every picture."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("fixed", torch.tensor([BOXES]))
        self.register_buffer("chances", torch.tensor([[[1 - s, s] for s in SCORES]]))

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        nothing = picture.mean((1, 2, 3))[:, None, None] * 0
        return self.chances + nothing, self.fixed + nothing


def square(box: list[float]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = box[0] * WIDTH, box[1] * HEIGHT, box[2] * WIDTH, box[3] * HEIGHT
    side = min(MARGIN * max(x1 - x0, y1 - y0), WIDTH, HEIGHT)
    left = min(max(0, (x0 + x1) / 2 - side / 2), WIDTH - side)
    top = min(max(0, (y0 + y1) / 2 - side / 2), HEIGHT - side)
    return left, top, left + side, top + side


def main() -> None:
    torch.manual_seed(5)
    OUT.mkdir(parents=True, exist_ok=True)
    words = "a an photo of woman man female male young old person smiling".split() + [","]
    tokens = tokenizer.build(Counter({w: 1 for w in words}))
    tokenizer.save(tokens, OUT / "tokenizer")
    end = tokens.token_to_id("<|endoftext|>")
    shape = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2)
    text = CLIPTextConfig(vocab_size=tokens.get_vocab_size(), max_position_embeddings=MAX_TOKENS, eos_token_id=end, bos_token_id=end - 1, pad_token_id=end, **shape)
    vision = CLIPVisionConfig(image_size=SIZE, patch_size=8, **shape)
    clip = CLIPModel(CLIPConfig(text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=16)).eval()
    for p in clip.parameters():
        p.data.mul_(6.0 if p.ndim >= 2 else 1.0)  # vectors that differ clearly
    classifier = Classifier().eval()
    classifier.last.weight.data.mul_(4)
    example = torch.randn(1, 3, SIZE, SIZE)
    export_checked("image", Image_(clip), (example,), ["pixel_values"], ["image_embeds"], OUT / "clip/vision.onnx", "float32", short=True)
    export_checked("text", Text(clip), (torch.randint(0, end, (1, MAX_TOKENS)),), ["input_ids"], ["text_embeds"], OUT / "clip/text.onnx", "float32", short=True)
    export_checked("classifier", classifier, (example,), ["picture"], ["logits"], OUT / "glasses.onnx", "float32", short=True)
    export_checked("finder", Finder(), (torch.randn(1, 3, 24, 32),), ["input"], ["scores", "boxes"], OUT / "finder.onnx", "float32", short=True)

    cut = {"size": SIZE, "margin": MARGIN}
    value = lambda id: {"id": id, "title": id}  # noqa: E731
    write_json(OUT / "pack.json", {
        "schema": 1, "id": "tiny-pack", "title": "Tiny (random weights, for tests)", "licence": "MIT", "trainedOn": "Nothing.", "limits": ["It knows nothing."],
        "finder": {"kind": "boxes", "graph": "finder.onnx", "input": {"width": 32, "height": 24}, "threshold": 0.7, "iou": 0.4},
        "readers": [
            {"kind": "clip", "image": {"graph": "clip/vision.onnx", **cut, "mean": MEAN, "std": STD, "filter": "bicubic"}, "text": {"graph": "clip/text.onnx"}, "scale": 10,
             "attributes": [{"id": "gender", "title": "Gender presentation (perceived)", "templates": TEMPLATES, "values": [{**value(k), "words": w} for k, w in GENDER.items()]},
                            {"id": "age", "title": "Age (perceived)", "values": [{**value(k), "words": w} for k, w in AGE.items()]}]},
            {"kind": "classifier", "image": {"graph": "glasses.onnx", **cut, "filter": "bilinear"},
             "attributes": [{"id": "glasses", "title": "Glasses", "offset": 1, "temperature": 2, "values": [value("no"), value("yes")]}]},
            {"kind": "skin-tone"}],
        "error": {"gender": {"confusion": [[45, 5], [10, 40]], "on": "100 made-up persons"}}})

    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    pixels = np.stack([(x * 4 + y * y) % 256, (x * y + 30) % 256, (255 - 3 * x + 2 * y) % 256], -1).astype(np.uint8)
    picture = Image.fromarray(pixels)
    cuts, people = {}, []

    def cut_out(box: tuple[float, float, float, float], size: int, how: int, mean: tuple[float, ...], std: tuple[float, ...]) -> tuple[np.ndarray, Tensor]:
        small = np.asarray(picture.resize((size, size), how, box))
        return small, torch.from_numpy((small / 255 - np.array(mean)) / np.array(std)).permute(2, 0, 1)[None].float()

    with torch.no_grad():
        rows = {}
        for name, templates, values in (("gender", TEMPLATES, GENDER), ("age", ["a photo of {value}"], AGE)):
            means = []
            for own in values.values():
                ids = torch.tensor(tokenizer.encode(tokens, [t.replace("{value}", w) for w in own for t in templates], MAX_TOKENS))
                vectors = nn.functional.normalize(Text(clip)(ids), dim=1).mean(0)
                means.append(nn.functional.normalize(vectors, dim=0))
            rows[name] = torch.stack(means)
        for k in (0, 2):
            box = square(BOXES[k])
            small, tensor = cut_out(box, SIZE, Image.Resampling.BICUBIC, MEAN, STD)
            vector = nn.functional.normalize(Image_(clip)(tensor), dim=1)[0]
            _, plain = cut_out(box, SIZE, Image.Resampling.BILINEAR, (0.5,) * 3, (0.5,) * 3)
            chances = {name: (10 * r @ vector).softmax(0).tolist() for name, r in rows.items()}
            chances["glasses"] = (classifier(plain)[0, 1:] / 2).softmax(0).tolist()
            people.append({"box": [BOXES[k][0] * WIDTH, BOXES[k][1] * HEIGHT, (BOXES[k][2] - BOXES[k][0]) * WIDTH, (BOXES[k][3] - BOXES[k][1]) * HEIGHT], "chances": chances})
        for name, how in (("bilinear", Image.Resampling.BILINEAR), ("bicubic", Image.Resampling.BICUBIC)):
            for box in ((3.25, 5.5, 40.75, 43.0), (10.0, 10.0, 19.0, 19.0)):
                cuts[f"{name} {box[0]} {box[1]} {box[2] - box[0]} {box[3] - box[1]}"] = np.asarray(picture.resize((16, 12), how, box)).flatten().tolist()
    (OUT / "golden.json").write_text(json.dumps({"picture": {"width": WIDTH, "height": HEIGHT, "pixels": pixels.flatten().tolist()}, "cuts": cuts, "people": people}))
    print(people)


if __name__ == "__main__":
    main()
