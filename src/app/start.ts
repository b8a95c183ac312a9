import { openArchive } from '../studio/history/database';
import { openKeep } from '../studio/keep/database';
import { Studio } from '../studio/session';
import { settingsOf } from '../studio/settings';
import { checkOnceReady } from './checkDevice';
import { EngineClient } from './engineClient';
import { readLink, writeLink } from './link';

/** The model that ships with the page, relative to it. */
export const MODEL_URL = 'models/people/';

/** Opens the studio as the address asks for it, and keeps the address in step with the settings from then on. */
export function startStudio(): Studio {
  const link = readLink(location);
  const studio = new Studio(
    new EngineClient(),
    new URL(MODEL_URL, document.baseURI).href,
    link.settings,
    link.present && link.problems.length === 0,
  );
  for (const problem of link.problems) studio.notices.getState().report(problem, 'warning');
  void studio.openHistory(openArchive);
  void studio.openProjectors(() => openKeep('evenhand-projectors'));
  void studio.openDeltas(() => openKeep('evenhand-variants'));
  void studio.openLabels(() => openKeep('evenhand-labels'));
  checkOnceReady(studio);
  void studio.loadModel();
  followLink(studio);
  warnOfOtherModel(studio, link.model);
  return studio;
}

/** Writes the address when a setting changes, and reads it when someone changes the address. */
function followLink({ settings, engine, notices }: Studio): void {
  let written = location.hash;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // What the model fills in by itself is no change of the user's: a link that could not be read stays as it is.
  let before = settingsOf(settings.getState());
  settings.subscribe((state) => {
    const now = settingsOf(state);
    const adopted = before.steps === null && now.steps !== null && now.prompt === before.prompt;
    before = now;
    if (adopted) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const { status } = engine.getState();
      written = `#${writeLink(now, status.phase === 'ready' ? status.info.hash : undefined)}`;
      history.replaceState(null, '', written);
    }, 250);
  });
  addEventListener('hashchange', () => {
    if (location.hash === written) return;
    const link = readLink(location);
    for (const problem of link.problems) notices.getState().report(problem, 'warning');
    settings.getState().replace(link.settings);
    const { status } = engine.getState();
    if (status.phase === 'ready') settings.getState().adoptDefaults(status.info);
  });
}

function warnOfOtherModel({ engine, notices }: Studio, wanted: string | null): void {
  if (wanted === null) return;
  const unsubscribe = engine.subscribe(({ status }) => {
    if (status.phase !== 'ready') return;
    unsubscribe();
    if (status.info.hash.startsWith(wanted)) return;
    notices.getState().show({
      place: 'banner',
      tone: 'warning',
      text: 'This link was made with another version of the model.',
      next: 'Everything else is as in the link, but the pictures may differ from those its author saw.',
    });
  });
}
