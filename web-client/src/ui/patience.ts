// Tests of pages wait for what they name, also on a machine that is busy with something else.
import { configure } from "@testing-library/react";

configure({ asyncUtilTimeout: 20_000 });
