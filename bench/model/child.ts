/** What a child process says: the answer to the job it was given, or why there is none. */
export type Reply<A> = { readonly answer: A } | { readonly error: string } | { readonly ready: true };

/** The child's side of pool.ts: does the jobs that arrive, one after another, until its parent lets go of it. */
export async function serveJobs<J, A>(open: () => Promise<(job: J) => Promise<A>>): Promise<void> {
  const reply = (message: Reply<A>) => process.send?.(message);
  const refuse = (error: unknown) => reply({ error: error instanceof Error ? error.message : String(error) });
  const parentLeft = new Promise<void>((resolve) => process.once('disconnect', resolve));
  try {
    const work = await open();
    process.on('message', (job: J) => {
      work(job).then((answer) => reply({ answer }), refuse);
    });
    reply({ ready: true });
  } catch (error) {
    refuse(error);
  }
  await parentLeft;
}
