import { EvenhandError } from '../../src/core/errors';
import type { Capability, UnetAccess } from '../methods/method';
import { METHOD_SPECS } from '../methods/specs';
import type { UnetAnatomy } from '../onnx/anatomy';
import { instrument, type Ports, type Wanted } from '../onnx/instrument';
import type { Sizes } from '../onnx/ports';
import type { Graph } from '../runtime/runtime';
import { createDenoiser, type Denoiser, type OpenedUnet } from './denoiser';
import type { GraphFile } from './graphFile';

/** Put into every UNet: together they cost no time that could be measured. */
const PLAIN: Wanted = { splitText: true, probes: true, middle: true };
/** Its many small operators, and a longer opening, are left to lanes that steer. */
const STEERED: Wanted = { ...PLAIN, steering: true };

const NO_PORTS: Ports = {
  textValues: undefined,
  probes: undefined,
  crossOutputs: undefined,
  steering: undefined,
  middle: undefined,
};

interface UnetFile {
  readonly path: string;
  /** Latent size and text rows of the model. */
  readonly sizes: Sizes;
  /** Of its model, for errors. */
  readonly title: string;
  /** Inputs in one call of the UNet; absent: as many as there are. */
  readonly mostRows?: number;
  /** Opens a graph. @throws EvenhandError 'model-unsupported' when the backend refuses it. */
  open(file: GraphFile): Promise<Graph>;
  /** Its file once more, when the first lane steers; nothing this big is held until then. */
  read(): Promise<GraphFile>;
}

/** What was found in a UNet, for people. */
export interface UnetFound {
  /** One sentence without a full stop; null for a graph that cannot be looked into. */
  readonly summary: string | null;
  /** Sentences about what it cannot give. */
  readonly missing: readonly string[];
}

export interface OpenDenoiser extends Denoiser {
  /** Of the graph that draws. */
  readonly inputs: Graph['inputs'];
  readonly found: UnetFound;
}

/**
 * Opens a UNet with ports for what methods need inside it. One whose graph cannot be looked into is opened as it is, and
 * methods that need more are refused in words.
 * @throws EvenhandError 'model-corrupt' when the bytes are no whole model, or what opening a graph throws.
 */
export async function openUnet(file: UnetFile, graph: GraphFile): Promise<OpenDenoiser> {
  const { opened, anatomy, missing } = await openWithPorts(file, graph);
  let steered: Promise<OpenedUnet> | undefined;
  const found = { summary: anatomy?.summary ?? null, missing: [...new Set(Object.values(missing))] };
  const openedForSteering = () => {
    steered ??= openSteered(file);
    // A download that failed is no reason to fail the next run too.
    steered.catch(() => {
      steered = undefined;
    });
    return steered;
  };
  const denoiser = createDenoiser(opened, accessOf(file, anatomy, missing), openedForSteering, file.mostRows);
  return { ...denoiser, found, inputs: opened.graph.inputs };
}

async function openSteered({ path, sizes, open, read }: UnetFile): Promise<OpenedUnet> {
  const { bytes: plain, external } = await read();
  const { bytes, ports } = instrument(plain, STEERED, { path, sizes });
  return { graph: await open({ bytes, external }), ports };
}

/** Why a capability is not there. */
type Missing = Readonly<Partial<Record<Capability, string>>>;

interface WithPorts {
  readonly opened: OpenedUnet;
  readonly anatomy: UnetAnatomy | undefined;
  readonly missing: Missing;
}

async function openWithPorts({ path, sizes, open }: UnetFile, file: GraphFile): Promise<WithPorts> {
  const { bytes, external } = file;
  try {
    const { bytes: made, ports, anatomy, missing } = instrument(bytes, PLAIN, { path, sizes });
    const reason = missing.join(' ');
    return {
      opened: { graph: await open({ bytes: made, external }), ports },
      anatomy,
      missing: ports.middle ? {} : { middle: reason },
    };
  } catch (error) {
    if (!(error instanceof EvenhandError) || error.code !== 'model-unsupported') throw error;
    const reason = error.message;
    return {
      opened: { graph: await open(file), ports: NO_PORTS },
      anatomy: undefined,
      missing: { splitText: reason, probes: reason, steering: reason, middle: reason },
    };
  }
}

export const CAPABILITIES: readonly Capability[] = ['splitText', 'probes', 'steering', 'middle'];

const NEEDED: Readonly<Record<Capability, string>> = {
  splitText: 'different text for keys and values',
  probes: 'the attention that words get',
  steering: 'the outputs of the cross-attentions',
  middle: "the UNet's mid-block",
};

function accessOf({ title }: UnetFile, anatomy: UnetAnatomy | undefined, missing: Missing): UnetAccess {
  const can = (capability: Capability) => missing[capability] === undefined;
  let channels = 0;
  const crossAttentions = (anatomy?.crossAttentions ?? []).map((info) => {
    const { place, height, width } = info;
    const offset = channels;
    channels += info.channels;
    return { place, height, width, channels: info.channels, offset };
  });
  return {
    can,
    crossAttentions,
    channels,
    middle: anatomy?.middle,
    require(capability) {
      if (can(capability)) return;
      const others = METHOD_SPECS.filter(({ needs = [] }) => needs.every(can)).map((spec) => spec.title);
      throw new EvenhandError(
        'model-unsupported',
        `This method needs ${NEEDED[capability]}, which ${title} cannot give: ${missing[capability]}`,
        `Choose another model, or a method that works on this one: ${others.join(', ')}.`,
      );
    },
  };
}
