/** A camera that is on. */
export interface Camera {
  /** The next frame, to be closed by who takes it; null when the camera has ended. */
  next(): Promise<ImageBitmap | null>;
  stop(): void;
}

/** Which way a phone's camera looks. */
export type Facing = 'user' | 'environment';

/** Whether there are cameras to choose from. */
export async function severalCameras(): Promise<boolean> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter((device) => device.kind === 'videoinput').length > 1;
}

/**
 * Asks for the camera and turns it on.
 * @throws Error with a sentence for the user where there is none, or it may not be used.
 */
export async function openCamera(video: HTMLVideoElement, facing: Facing): Promise<Camera> {
  if (!navigator.mediaDevices?.getUserMedia) throw new Error('The camera can be used on secure pages only: open this page by https, or on this computer by localhost.');
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: facing }, width: { ideal: 1280 }, height: { ideal: 720 } }, audio: false });
  } catch (error) {
    const refused = error instanceof DOMException && error.name === 'NotAllowedError';
    throw new Error(refused ? 'The camera was not allowed; allow it in the address bar and try again.' : 'No camera was found, or another program uses it.');
  }

  video.srcObject = stream;
  await video.play();
  let on = true;
  return {
    async next() {
      if (!on) return null;
      await frameOf(video);
      return on && video.videoWidth > 0 ? await createImageBitmap(video) : null;
    },
    stop() {
      on = false;
      for (const track of stream.getTracks()) track.stop();
      video.srcObject = null;
    },
  };
}

/** Waits for a frame that has not been seen yet; a camera that ends does not hold it up. */
function frameOf(video: HTMLVideoElement): Promise<void> {
  return new Promise((done) => {
    const late = setTimeout(done, 1000);
    const now = (): void => {
      clearTimeout(late);
      done();
    };
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(now);
    else requestAnimationFrame(now);
  });
}
