import { describe, expect, it } from 'vitest';
import { latentDimsOf } from './config';

const unet = (in_channels: number) => ({
  in_channels,
  cross_attention_dim: 192,
  sample_size: [16, 16] as const,
});

describe('the shape of a latent', () => {
  it('has the channels of the autoencoder, however many they are', () => {
    for (const channels of [4, 8, 24]) {
      const vae = { latent_channels: channels, scaling_factor: 1 };
      expect(latentDimsOf(unet(channels), vae)).toEqual([channels, 16, 16]);
    }
  });

  it('is refused where the UNet wants more than the latent: an inpainting model takes 9 channels', () => {
    expect(() => latentDimsOf(unet(9), { latent_channels: 4, scaling_factor: 0.18 })).toThrow(
      'takes 9 channels and its autoencoder has 4',
    );
  });
});
