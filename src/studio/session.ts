import type { InspectedImage, InspectProgress } from '../../workers/inspect/types';
import type { ModelPlace } from '../../workers/models/types';
import type { PackPlace } from '../../workers/perception/pack/types';
import type {
  ImageResult,
  LoadProgress,
  ModelInfo,
  Result,
  RunEvent,
  RunRequest,
} from '../../workers/protocol';
import type { EngineClient } from '../app/engineClient';
import { createEngineStore, type EngineStore } from '../app/engineStore';
import { createNoticeStore, type NoticeStore } from '../app/noticeStore';
import { type ErrorReport, EvenhandError, reportOf } from '../core/errors';
import { createLabelStore, type KeptLabels, type LabelStore } from '../labels/labelStore';
import { type AuditStore, createAuditStore } from './audit/auditStore';
import { createDeltaStore, type DeltaStore, type KeptDelta } from './deltas/deltaStore';
import type { Archive } from './history/archive';
import { createHistoryStore, type HistoryStore } from './history/historyStore';
import { Recorder } from './history/recorder';
import { runShots } from './history/restore';
import { metadataOf, pngTexts } from './image/metadata';
import { encodePng } from './image/png';
import { type Keep, type Kept, MemoryKeep } from './keep/keep';
import type { KeptProjector } from './projectors/keep';
import { createMarkStore, type MarkStore } from './projectors/markStore';
import { createProjectorStore, type ProjectorStore } from './projectors/projectorStore';
import { type Brought, type ReplayAnswer, replayImage } from './replay';
import { requestOf } from './request';
import { settingsFromRequest } from './restoreSettings';
import { countImages, createRunStore, type RunHeader, type RunStore } from './run/runStore';
import { createSettingsStore, type Settings, type SettingsStore, settingsOf } from './settings';

/** A model, and how much of it may be open at a time; see Engine.load. */
export interface OpenedModel {
  readonly place: ModelPlace;
  readonly budget: number | null;
}

/** One open studio: its stores, and the verbs that touch more than one of them. No React in here. */
export class Studio {
  readonly settings: SettingsStore;
  readonly engine: EngineStore = createEngineStore();
  readonly run: RunStore = createRunStore();
  readonly history: HistoryStore = createHistoryStore();
  readonly notices: NoticeStore = createNoticeStore();
  readonly projectors: ProjectorStore = createProjectorStore();
  readonly deltas: DeltaStore = createDeltaStore();
  readonly audits: AuditStore = createAuditStore();
  readonly marks: MarkStore = createMarkStore();
  readonly labels: LabelStore = createLabelStore();

  /** One image is drawn again: to be held against its pixels, or to be looked into. */
  #redrawing = false;
  /** Another model is on its way in. */
  #opening = false;

  /** What the engine has loaded, or is to load. */
  #loaded: OpenedModel;
  readonly #embedded: OpenedModel;
  /** Reads the pictures of every model; null: each is read by what it brings itself. */
  #pack: PackPlace | null = null;

  constructor(
    readonly client: EngineClient,
    modelUrl: string,
    initial: Settings,
    /** The page was opened with settings in its address. */
    readonly fromLink = false,
  ) {
    this.settings = createSettingsStore(initial);
    this.#embedded = { place: { kind: 'url', baseUrl: modelUrl }, budget: null };
    this.#loaded = this.#embedded;
  }

  /** Loads the model on the backend that the settings ask for. */
  async loadModel(): Promise<void> {
    const engine = this.engine.getState();
    engine.begin();
    const { backend } = this.settings.getState();
    const { place, budget } = this.#loaded;
    const answer = await this.client.load(place, backend, engine.progress, budget);
    if (backend !== this.settings.getState().backend) return;
    if (answer.ok) {
      engine.ready(await this.#perceived(answer.value));
      this.settings.getState().adoptDefaults(answer.value);
    } else {
      engine.fail(answer.error);
    }
  }

  /**
   * Reads pictures with a pack from now on, whatever model draws; null: with what the model brings itself. A pack that cannot be opened
   * changes nothing.
   */
  async perceiveWith(
    pack: PackPlace | null,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<Result<ModelInfo>> {
    if (this.busy) return { ok: false, error: reportOf(engineIsBusy()) };
    this.#opening = true;
    const answer = await this.client.perceiveWith(pack, onProgress);
    this.#opening = false;
    if (answer.ok) {
      this.#pack = pack;
      this.engine.getState().ready(answer.value);
    }
    if (!this.client.loaded) await this.loadModel();
    return answer;
  }

  /** A model that was just opened, read by the pack that is in use. */
  async #perceived(info: ModelInfo): Promise<ModelInfo> {
    // An engine that had it already has opened it with the model.
    if (!this.#pack || info.perception) return info;
    const answer = await this.client.perceiveWith(this.#pack, () => {});
    if (answer.ok) return answer.value;
    this.#pack = null;
    this.#trouble(answer.error);
    return info;
  }

  /**
   * Draws with another model from now on, at its defaults. While it is opened the loaded one stays, and where it cannot be opened it
   * stays for good; only where memory is short it goes first and is opened again.
   */
  async openModel(
    model: OpenedModel,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<Result<ModelInfo>> {
    if (this.busy) return { ok: false, error: reportOf(engineIsBusy()) };
    this.#opening = true;
    const { backend } = this.settings.getState();
    const before = this.#loaded;
    const short = model.budget !== null;
    const open = short ? this.client.load.bind(this.client) : this.client.replace.bind(this.client);
    const answer = await open(model.place, backend, onProgress, model.budget);
    this.#opening = false;
    if (answer.ok) {
      this.#loaded = model;
      this.engine.getState().begin();
      this.settings.getState().change({ variant: null, steps: null, guidance: null, scheduler: null });
      this.settings.getState().adoptDefaults(answer.value);
      this.engine.getState().ready(await this.#perceived(answer.value));
    } else if (short) {
      this.#loaded = before;
      await this.loadModel();
    }
    return answer;
  }

  /** Ends the opening of another model, or of a pack; the loaded model stays. */
  cancelOpening(): void {
    this.client.cancelReplacing();
    // A pack is opened in the engine that draws; it can only be ended with it.
    if (this.#opening) this.client.cancel();
  }

  /** Goes back to the model that ships with the page. */
  openEmbedded(onProgress: (progress: LoadProgress) => void = () => {}): Promise<Result<ModelInfo>> {
    return this.openModel(this.#embedded, onProgress);
  }

  /** The model that ships with the page is the one that draws. */
  get embedded(): boolean {
    return this.#loaded === this.#embedded;
  }

  /** Opens the archive of past runs; without one, says so and goes on in memory. */
  async openHistory(open: () => Promise<Archive>): Promise<void> {
    try {
      await this.history.getState().use(await open(), true);
    } catch (error) {
      await this.history.getState().refresh();
      this.notices.getState().report(reportOf(error), 'warning');
    }
  }

  /** Opens the projectors kept in this browser; without a store, goes on in memory. History says so for all. */
  openProjectors(open: () => Promise<Keep<KeptProjector>>): Promise<void> {
    return openOrMemory(open, this.projectors.getState().use);
  }

  /** Opens the files of trained variants kept in this browser, likewise. */
  openDeltas(open: () => Promise<Keep<KeptDelta>>): Promise<void> {
    return openOrMemory(open, this.deltas.getState().use);
  }

  /** Opens the labels by hand kept in this browser, likewise. */
  openLabels(open: () => Promise<Keep<KeptLabels>>): Promise<void> {
    return openOrMemory(open, async (keep, lasting) => this.labels.getState().use(keep, lasting));
  }

  async generate(): Promise<void> {
    const { status } = this.engine.getState();
    if (status.phase !== 'ready' || this.running || this.#redrawing) return;
    if (this.busy) {
      this.notices.getState().report(reportOf(engineLearns()), 'warning');
      return;
    }
    const answer = requestOf(settingsOf(this.settings.getState()), status.info);
    if (!answer.ok) {
      this.notices.getState().report(answer.error);
      return;
    }
    const { id, title, hash, attributes, backend, perception } = status.info;
    const header: RunHeader = {
      id: crypto.randomUUID(),
      createdAt: Date.now(),
      model: { id, title, hash },
      attributes,
      ...(perception && { readBy: { title: perception.title, hash: perception.hash } }),
      backend: backend.title,
      request: answer.request,
    };
    await this.#draw(header);
    if (!this.client.loaded) await this.loadModel();
  }

  cancel(): void {
    if (!this.running) return;
    this.run.getState().setCancelling();
    this.client.cancel();
  }

  get running(): boolean {
    return this.run.getState().status === 'running';
  }

  /** The engine does one thing at a time. */
  get busy(): boolean {
    const { training } = this.projectors.getState();
    return (
      this.running ||
      this.#redrawing ||
      this.#opening ||
      training !== null ||
      this.audits.getState().audit !== null
    );
  }

  /** Draws one image of the run on the board again; see replay.ts. */
  async replay(laneId: string, index: number, onProgress: (share: number) => void): Promise<ReplayAnswer> {
    const { header, lanes } = this.run.getState();
    const shot = lanes[laneId]?.shots[index];
    if (!header || !shot || this.busy) return { type: 'cancelled' };
    this.#redrawing = true;
    const brought = await this.#usedBy(header.request);
    const answer = await replayImage(this.client, header.request, brought, shot, onProgress);
    this.#redrawing = false;
    if (!this.client.loaded) await this.loadModel();
    return answer;
  }

  /** Draws one image of the run on the board again, with every step written down; see workers/inspect. */
  async inspect(
    laneId: string,
    index: number,
    onProgress: (progress: InspectProgress) => void,
  ): Promise<Result<InspectedImage>> {
    const { header } = this.run.getState();
    if (!header || this.busy) return { ok: false, error: reportOf(engineIsBusy()) };
    this.#redrawing = true;
    const { request } = header;
    const { projectors, deltas } = await this.#usedBy(request);
    const answer = await this.client.inspect({ request, laneId, index }, onProgress, projectors, deltas);
    this.#redrawing = false;
    if (!this.client.loaded) await this.loadModel();
    return answer;
  }

  /** Stops a replay or an inspection. */
  cancelRedrawing(): void {
    if (this.#redrawing) this.client.cancel();
  }

  /** Shows a stored run and sets the studio as it was set then. */
  async openRun(id: string): Promise<void> {
    if (this.running) return;
    const { archive, runs } = this.history.getState();
    const stored = runs?.find((candidate) => candidate.id === id);
    if (!stored) return;
    try {
      const images = await archive.images(id);
      // A run that still says "running" was cut off by a closed tab.
      const status = stored.status === 'running' ? 'cancelled' : stored.status;
      this.settings.getState().change(settingsFromRequest(stored.request));
      this.run.getState().restore(stored, { ...stored, status });
      for (const shot of runShots(images)) this.run.getState().addShot(shot);
    } catch (error) {
      this.notices.getState().report(reportOf(error));
    }
  }

  deleteRun(id: string): void {
    const history = this.history.getState();
    const stored = history.hide(id);
    if (!stored) return;
    this.notices.getState().show({
      place: 'toast',
      tone: 'plain',
      text: `Deleted “${stored.request.prompt}”.`,
      action: { label: 'Undo', run: () => history.unhide(id) },
      onExpire: () => void history.forget(id).catch((error: unknown) => this.#trouble(reportOf(error))),
    });
  }

  /** What this browser keeps and the lanes of a request name. */
  async #usedBy(request: RunRequest): Promise<Brought> {
    return {
      projectors: await this.projectors.getState().usedBy(request),
      deltas: await this.deltas.getState().usedBy(request),
    };
  }

  async #draw(header: RunHeader): Promise<void> {
    const run = this.run.getState();
    run.begin(header);
    const recorder = new Recorder(this.history.getState().archive, (report) => this.#trouble(report));
    const record = () => {
      const { status, notes, error, timings } = this.run.getState();
      recorder.run({ ...header, status, notes, error, timings, made: countImages(this.run.getState()).made });
    };
    // A tab that closes in the middle leaves a count that is about right; the images themselves are all there.
    const recordNowAndThen = () => {
      if (countImages(this.run.getState()).made % 8 === 0) record();
    };
    record();
    const packing: Promise<void>[] = [];
    const take = (event: RunEvent) => {
      if (event.type === 'image')
        packing.push(this.#keep(header, event.image, recorder).then(recordNowAndThen));
      else this.#apply(event);
    };
    const { projectors, deltas } = await this.#usedBy(header.request);
    const outcome = await this.client.generate(header.request, take, projectors, deltas);
    await Promise.all(packing);
    const status = outcome.type === 'failed' ? 'failed' : outcome.type;
    run.end(status, outcome.timings, outcome.type === 'failed' ? outcome.error : null);
    record();
    await recorder.settled();
    await this.history
      .getState()
      .refresh()
      .catch(() => undefined);
  }

  #apply(event: Exclude<RunEvent, { type: 'image' }>): void {
    const run = this.run.getState();
    switch (event.type) {
      case 'loading':
        run.setLoading(event.progress);
        break;
      case 'progress':
        run.setProgress(event);
        break;
      case 'preview':
        run.setPreview(event.laneId, event.index, event);
        break;
      case 'lane-failed':
        run.failLane(event.laneId, event.error);
        break;
      case 'note':
        run.addNote(event.text);
        break;
    }
  }

  /** Counts the image at once; packs it with its metadata and writes it down as soon as that is done. */
  async #keep(header: RunHeader, { pixels, ...facts }: ImageResult, recorder: Recorder): Promise<void> {
    this.run.getState().addShot({ ...facts, png: null });
    const { width, height, laneId, index } = facts;
    const bytes = await encodePng({ width, height, pixels }, pngTexts(metadataOf(header, facts)));
    if (this.run.getState().header !== header) return;
    const url = URL.createObjectURL(new Blob([bytes], { type: 'image/png' }));
    this.run.getState().setPng(laneId, index, { bytes, url });
    recorder.image({ ...facts, runId: header.id, png: bytes });
  }

  #trouble(report: ErrorReport): void {
    this.notices.getState().report(report, 'warning');
  }
}

async function openOrMemory<Facts extends Kept>(
  open: () => Promise<Keep<Facts>>,
  use: (keep: Keep<Facts>, lasting: boolean) => Promise<void>,
): Promise<void> {
  try {
    await use(await open(), true);
  } catch {
    await use(new MemoryKeep(), false);
  }
}

const engineIsBusy = (): EvenhandError =>
  new EvenhandError(
    'request-invalid',
    'The engine is drawing, training, auditing or opening a model, and it does one thing at a time.',
    'Wait until it is done, or stop it first.',
  );

const engineLearns = (): EvenhandError =>
  new EvenhandError(
    'request-invalid',
    'A projector is being trained, weights are being found, or a model is being opened, and the engine does one thing at a time.',
    'Wait for it, or stop it first.',
  );
