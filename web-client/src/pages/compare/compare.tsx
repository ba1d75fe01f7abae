// Compare (placeholder for the next step).
import { Frame } from "../../ui/frame";
export default function Compare() {
  return <Frame title="Compare">{null}</Frame>;
}
