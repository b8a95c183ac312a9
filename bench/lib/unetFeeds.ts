import type { Ports } from '../../workers/onnx/instrument';
import type { Feed, Graph } from '../../workers/runtime/runtime';

/**
 * Numbers of the right shapes for one call of a UNet, everything that it was instrumented with switched off.
 * @param side of a latent whose height and width the graph leaves open. @param middle channels of its middle block.
 */
export function feedsOf(
  graph: Graph,
  ports: Ports,
  batch: number,
  middle: number,
  side = 16,
): Record<string, Feed> {
  const dims = (name: string) => graph.inputs.find((input) => input.name === name)!.dims;
  const numbers = (shape: readonly number[]): Feed => ({
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      Math.sin(i * 0.7 + i * i),
    ),
    dims: shape,
  });
  const zeros = (...shape: number[]): Feed => ({
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
    dims: shape,
  });
  const rest = (name: string, defaults: readonly number[]) =>
    defaults.map((value, i) => {
      const stated = dims(name)[i + 1];
      return typeof stated === 'number' && stated > 0 ? stated : value;
    });
  const text = numbers([batch, ...rest('encoder_hidden_states', [77, 192])]);
  const feeds: Record<string, Feed> = {
    sample: numbers([batch, ...rest('sample', [24, side, side])]),
    timestep: {
      numbers: new Array<number>(dims('timestep').length === 0 ? 1 : batch).fill(500),
      dims: dims('timestep').length === 0 ? [] : [batch],
    },
    encoder_hidden_states: text,
  };
  if (ports.textValues) feeds[ports.textValues] = text;
  if (ports.probes) feeds[ports.probes.tokens] = { numbers: [0], dims: [1] };
  if (ports.middle) feeds[ports.middle.hDelta] = zeros(1, middle, 1, 1);
  if (ports.steering) {
    const { basis, add, renorm, directions, channels } = ports.steering;
    feeds[basis] = zeros(1, 1, channels);
    feeds[add] = zeros(1, channels);
    feeds[renorm] = zeros(1);
    feeds[directions] = zeros(1, channels);
  }
  return feeds;
}
