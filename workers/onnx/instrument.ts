import { type Dissection, dissect, type UnetAnatomy } from './anatomy';
import { createEdit, type GraphEdit } from './edit';
import { readModel } from './model';
import { DEFAULT_SIZES, type Sizes } from './ports';
import { addProbes, type ProbePorts } from './probes';
import { DATA_TYPE } from './schema';
import { splitText } from './splitText';
import { addSteering, type SteeringPorts } from './steering';

/** What to put into a UNet. Everything costs a little on every evaluation, also while nobody uses it. */
export interface Wanted {
  /** Text for the values apart from the text for the keys. */
  readonly splitText?: boolean;
  /** Attention that chosen tokens get; true for all cross-attentions, or their indices. */
  readonly probes?: boolean | readonly number[];
  /** The outputs of the cross-attentions as outputs of the graph. */
  readonly crossOutputs?: boolean;
  /** Reading and steering of those outputs, inside the graph. */
  readonly steering?: boolean;
  /** Reading of the mid-block's output, and adding to it. */
  readonly middle?: boolean;
}

export interface CrossOutputPort {
  /** float32 [B, height * width, channels], behind the output projection and before any steering. */
  readonly name: string;
  /** Index in UnetAnatomy.crossAttentions. */
  readonly layer: number;
}

export interface MiddlePorts {
  /** Output, float32 [B, C, h, w]: the mid-block's own output. */
  readonly h: string;
  /** Input, float32, added to it: [B, C, h, w], or 1 in place of any but C. Zeros change nothing. */
  readonly hDelta: string;
}

/** The inputs and outputs that were added; undefined where that was not wanted or cannot be had. */
export interface Ports {
  /** Input, type and shape of the text input: text for the values. Off: the same rows in both. */
  readonly textValues: string | undefined;
  readonly probes: ProbePorts | undefined;
  readonly crossOutputs: readonly CrossOutputPort[] | undefined;
  readonly steering: SteeringPorts | undefined;
  readonly middle: MiddlePorts | undefined;
}

export interface Instrumented {
  /** The model to open: the bytes given, themselves, when nothing was wanted. */
  readonly bytes: Uint8Array;
  readonly anatomy: UnetAnatomy;
  readonly ports: Ports;
  /** Sentences about what was wanted and this model cannot give. */
  readonly missing: readonly string[];
}

export interface InstrumentOptions {
  /** For error messages. */
  readonly path?: string;
  /** Latent size and text rows, for graphs that leave them free. */
  readonly sizes?: Sizes;
}

/**
 * Reads an exported UNet and puts into it what methods need: inputs and outputs, behind the graph's own. With all of
 * them off the prediction is that of the original graph. Weights and everything unknown are kept byte for byte.
 * @throws EvenhandError 'model-corrupt' when the bytes are no whole ONNX model, 'model-unsupported' when it is no UNet
 * whose cross-attentions can be reached.
 */
export function instrument(
  bytes: Uint8Array,
  wanted: Wanted,
  { path = 'unet/model.onnx', sizes = DEFAULT_SIZES }: InstrumentOptions = {},
): Instrumented {
  const file = readModel(bytes, path);
  const dissection = dissect(file, sizes);
  const { model, anatomy, crossAttentions, flow, shapes, middle } = dissection;
  const all = crossAttentions.map((_, layer) => layer);
  const probed = wanted.probes === true ? all : wanted.probes || [];
  const edit = createEdit(model, flow, shapes);
  const ports: Ports = {
    textValues: wanted.splitText ? splitText(dissection, edit) : undefined,
    probes: probed.length > 0 ? addProbes(dissection, edit, probed) : undefined,
    crossOutputs: wanted.crossOutputs ? addCrossOutputs(dissection, edit) : undefined,
    steering: wanted.steering ? addSteering(dissection, edit) : undefined,
    middle: wanted.middle ? openMiddle(dissection, edit) : undefined,
  };
  const missing =
    wanted.middle && !middle
      ? [`${path} has no skip connections to find its mid-block by: h-space directions are off.`]
      : [];
  const untouched = Object.values(ports).every((port) => port === undefined);
  return { bytes: untouched ? model.file.bytes : edit.write(), anatomy, ports, missing };
}

function addCrossOutputs({ crossAttentions }: Dissection, edit: GraphEdit): CrossOutputPort[] {
  return crossAttentions.map(({ pattern, info }, layer) => {
    const name = edit.free(`cross_attention_${layer}`);
    edit.addOutput(name, pattern.output, ['batch', `${name}_pixels`, info.channels]);
    return { name, layer };
  });
}

function openMiddle({ flow, middle }: Dissection, edit: GraphEdit): MiddlePorts | undefined {
  if (!middle) return undefined;
  const { tensor, channels } = middle;
  const after = flow.producer(tensor)!.index;
  const [h, hDelta] = [edit.free('h'), edit.free('h_delta')];
  const dims = (port: string) => [`${port}_batch`, channels, `${port}_height`, `${port}_width`];
  edit.addInput(hDelta, DATA_TYPE.float, dims(hDelta));
  edit.addOutput(h, tensor, dims(h));
  const delta = edit.insertCastLike(after, hDelta, tensor);
  edit.redirect(tensor, edit.insert(after, 'Add', [tensor, delta]));
  return { h, hDelta };
}
