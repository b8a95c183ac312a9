"""Training of the embedded `people` pipeline: data, autoencoder, world-CLIP, denoiser, reader, export, evaluation."""
