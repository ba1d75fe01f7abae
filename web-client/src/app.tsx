// Which page an address shows.
import { lazy, Suspense } from "react";
import { Route, Switch } from "wouter";
import { Boundary } from "./ui/boundary";
import { ButtonLink } from "./ui/button";
import { Frame } from "./ui/frame";
import { Empty, Loading } from "./ui/states";
import { Home } from "./pages/home/home";

const Consent = lazy(() => import("./pages/consent/consent"));
const DeviceCheck = lazy(() => import("./pages/device-check/device-check"));
const Arena = lazy(() => import("./pages/arena/arena"));
const SessionPage = lazy(() => import("./pages/report/session"));
const WatchPage = lazy(() => import("./pages/watch/watch"));
const UploadPage = lazy(() => import("./pages/upload/upload"));
const History = lazy(() => import("./pages/history/history"));
const Settings = lazy(() => import("./pages/settings/settings"));
const SignIn = lazy(() => import("./pages/sign-in/sign-in"));
const Password = lazy(() => import("./pages/sign-in/password"));
const Pair = lazy(() => import("./pages/pair/pair"));
const Shared = lazy(() => import("./pages/shared/shared"));
const Review = lazy(() => import("./pages/shared/review"));
const Guest = lazy(() => import("./pages/guest/guest"));
const SharedSet = lazy(() => import("./pages/set/set"));
const Room = lazy(() => import("./pages/room/room"));
const Compare = lazy(() => import("./pages/compare/compare"));

function Waiting() {
  return (
    <Frame title="Loading">
      <Loading page what="the page" />
    </Frame>
  );
}

export function App() {
  return (
    <Boundary>
      <Suspense fallback={<Waiting />}>
        <Switch>
          <Route path="/" component={Home} />
          <Route path="/consent" component={Consent} />
          <Route path="/check" component={DeviceCheck} />
          <Route path="/arena/:id">{(params) => <Arena key={params.id} id={params.id} />}</Route>
          <Route path="/sessions/:id">{(params) => <SessionPage key={params.id} id={params.id} />}</Route>
          <Route path="/sessions/:id/watch">{(params) => <WatchPage key={params.id} id={params.id} />}</Route>
          <Route path="/upload" component={UploadPage} />
          <Route path="/history" component={History} />
          <Route path="/compare" component={Compare} />
          <Route path="/sign-in" component={SignIn} />
          <Route path="/password" component={Password} />
          <Route path="/pair" component={Pair} />
          <Route path="/shared" component={Shared} />
          <Route path="/shared/:id">{(params) => <Review key={params.id} id={params.id} />}</Route>
          <Route path="/guest" component={Guest} />
          <Route path="/set" component={SharedSet} />
          <Route path="/room" component={Room} />
          <Route path="/settings" component={Settings} />
          <Route>
            <Frame title="Not here">
              <Empty
                page
                title="There is no page at this address"
                action={<ButtonLink to="/">Choose a question</ButtonLink>}
              >
                It may have been deleted, or the address has a slip in it.
              </Empty>
            </Frame>
          </Route>
        </Switch>
      </Suspense>
    </Boundary>
  );
}
