// Tests of pages wait for what they name, also on a busy machine; what jsdom does not do is left out.
import { configure } from "@testing-library/react";

configure({ asyncUtilTimeout: 20_000 });
window.scrollTo = () => undefined;
