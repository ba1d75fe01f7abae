// Which files can be uploaded, said before anything is sent. The server decides; this is for a quick word.

const BY_ENDING: Record<string, string> = {
  mp4: "video/mp4",
  m4v: "video/x-m4v",
  mov: "video/quicktime",
  webm: "video/webm",
  mkv: "video/x-matroska",
  m4a: "audio/mp4",
};
const TYPES = new Set([...Object.values(BY_ENDING), "audio/webm", "audio/x-m4a", "video/matroska", "audio/x-matroska"]);

/** For the file dialog. */
export const ACCEPT = [...TYPES, ...Object.keys(BY_ENDING).map((ending) => `.${ending}`)].join(",");

const GIB = 1024 ** 3;

export interface Chosen {
  name: string;
  type: string;
  size: number;
}

/** The media type: what the browser says, else what the name's ending says. Some browsers know no MKV. */
export function mediaType(file: Chosen): string | null {
  const said = file.type.split(";")[0]!.trim().toLowerCase();
  if (TYPES.has(said)) return said;
  const ending = /\.([a-z0-9]+)$/i.exec(file.name)?.[1]?.toLowerCase();
  return (ending && BY_ENDING[ending]) || null;
}

/** Why this file cannot be taken; null: it can. */
export function objection(file: Chosen, most: number): string | null {
  if (mediaType(file) === null)
    return "This is not a recording that can be read here. Choose an MP4, MOV, WebM or MKV file.";
  if (file.size === 0) return "This file is empty. Choose another.";
  if (file.size > most)
    return `This file has ${size(file.size)}, at most ${size(most)} can be uploaded. Cut it, or save it with a lower bit rate.`;
  return null;
}

/** "1.2 GB", "340 MB", "12 KB": decimal, as file managers say it; a round limit as "2 GiB". */
export function size(bytes: number): string {
  if (bytes > 0 && bytes % GIB === 0) return `${bytes / GIB} GiB`;
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(bytes >= 1e7 ? 0 : 1)} MB`;
  return bytes >= 1e3 ? `${Math.round(bytes / 1e3)} KB` : `${bytes} bytes`;
}

/** "about 2 min", "40 s". */
export function remaining(seconds: number): string {
  if (seconds < 5) return "a few seconds";
  if (seconds < 60) return `${Math.ceil(seconds / 5) * 5} s`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min`;
  return `about ${(seconds / 3600).toFixed(1)} h`;
}
