// Made by `npm run api` from server/openapi.json. Do not change by hand.

export interface paths {
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to the account and its sessions: sign-ins, tokens, shares, who read, exports, deletions. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Audit"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/browsers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The browsers in which the person is signed in. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Browsers"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/browsers/{browser}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Signs a browser out. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    browser: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Compares two answers: what differs most, where, and in words. */
        get: {
            parameters: {
                query: {
                    /** @description A ready session. */
                    a: components["schemas"]["SessionId"];
                    /** @description Another one, usually the reference. */
                    b: components["schemas"]["SessionId"];
                    /** @description Which answer of `a`; without both, answers to the same question are found. */
                    answer_a?: number;
                    /** @description Which answer of `b`. */
                    answer_b?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Comparison"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/consent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the consent text in force. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Text"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/consent/room": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the text that an interviewer agrees to. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Text"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Records that the person agrees to the text. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ConsentRequest"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Consent"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Withdraws the agreement: running recordings end at once, uploads under way are given up, and nothing more is recorded. Stored
         *     sessions stay until they are deleted.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/guest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Opens a link: the answer's cookie lets the browser see the session for a day. A browser that has the cookie is not asked for the
         *     passphrase again.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OpenLink"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GuestView"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/guest/{link}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The session that a link shows, for a browser that opened it. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GuestView"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/guest/{link}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The comments on a session, for guests of a link that allows them. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Comments"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Comments as a guest. The first one says how the guest is called. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["GuestCommentRequest"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CommentMade"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/guest/{link}/comments/{comment}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Deletes a comment that the guest wrote. One with replies stays without text and name until the last reply goes. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                    comment: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/guest/{link}/consent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Records that an interviewer agrees to be recorded. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RoomConsentRequest"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/guest/{link}/ice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same, for people who were invited. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IceServers"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/guest/{link}/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A WebSocket of JSON messages tagged by `type`, without hints, measurements and scores; docs/WIRE.md describes them. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description switches to WebSocket */
                101: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/guest/{link}/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A link to the recording, good for 30 s: a link that was ended ends with it. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Recording"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/guest/{link}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The report, where the owner shows it. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Report"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/guest/{link}/transcript": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was said, as WebVTT, SubRip or plain text. */
        get: {
            parameters: {
                query?: {
                    /** @description Without it, WebVTT. */
                    format?: "vtt" | "srt" | "text";
                };
                header?: never;
                path: {
                    link: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/vtt": string;
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/guest/{link}/whep/{participant}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers that the participant may be watched; there is no content. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                    participant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Watches a participant: takes an SDP offer to receive and returns an SDP answer, with the viewing's URL in `Location`. 409
         *     with `Retry-After` while the participant sends nothing.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                    /** @description candidate or interviewer */
                    participant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/sdp": string;
                };
            };
            responses: {
                201: {
                    headers: {
                        etag?: string;
                        location?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/sdp": string;
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        /** Returns the media type that can be posted. */
        options: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                    participant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        "accept-post"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/guest/{link}/whep/{participant}/{resource}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers whether the viewing goes on; it has no content. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                    participant: string;
                    resource: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Ends the viewing. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                    participant: string;
                    resource: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Returns the methods of a viewing. */
        options: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                    participant: string;
                    resource: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        "accept-patch"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        head?: never;
        /** Trickle ICE (204) and ICE restarts (200, with the answer's fragment). */
        patch: {
            parameters: {
                query?: never;
                header: {
                    /** @description The ETag of the ICE session, or * to restart it */
                    "if-match": string;
                };
                path: {
                    link: string;
                    participant: string;
                    resource: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/trickle-ice-sdpfrag": string;
                };
            };
            responses: {
                200: {
                    headers: {
                        etag?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/trickle-ice-sdpfrag": string;
                    };
                };
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/guest/{link}/whip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers that an interviewer may publish here; there is no content. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Publishes as the interviewer: takes an SDP offer and returns an SDP answer, with the publishing's URL in `Location`. 409 with
         *     `Retry-After` until the candidate has begun; 409 while another interviewer is there.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/sdp": string;
                };
            };
            responses: {
                201: {
                    headers: {
                        etag?: string;
                        location?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/sdp": string;
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        /** Returns the media type that can be posted. */
        options: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        "accept-post"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/guest/{link}/whip/{resource}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers whether the publishing goes on; it has no content. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                    resource: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Leaves: ends the publishing. The session goes on. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                    resource: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Returns the methods of a publishing. */
        options: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link: string;
                    resource: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        "accept-patch"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        head?: never;
        /** Trickle ICE (204) and ICE restarts (200, with the answer's fragment). */
        patch: {
            parameters: {
                query?: never;
                header: {
                    /** @description The ETag of the ICE session, or * to restart it */
                    "if-match": string;
                };
                path: {
                    link: string;
                    resource: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/trickle-ice-sdpfrag": string;
                };
            };
            responses: {
                200: {
                    headers: {
                        etag?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/trickle-ice-sdpfrag": string;
                    };
                };
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/hooks/s3": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes `ObjectCreated` notifications of uploaded files, which complete an upload as the page does. Notifications of
         *     other objects are ignored.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["S3Notification"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the person, and what this server offers. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
            };
        };
        /**
         * Sets the person's own limit, which counts from a day later. One that is longer than the server's has no effect. References are
         *     exempt from it, and not from the server's.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Settings"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/erasure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Asks that everything that is there now be deleted in a day: sessions with all that belongs to them, references too, own questions
         *     and sets. Account, agreement and settings stay.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Erasure"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Takes it back: nothing is deleted. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Returns everything that is the person's in one ZIP, which is written while it is read. One person takes three downloads at once at
         *     most, and each ends after six hours.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/zip": number[];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns what a limit would delete first. Nothing changes. */
        get: {
            parameters: {
                query: {
                    /** @description The days that are thought of: 1 to 36500. */
                    days: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RetentionPreview"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pairing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where another device is paired, with a code that is good once and for ten minutes. Only pages on the server's own machine get it. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Invitation"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Pairs the device that sends a code: from then on it is the person's, until it is signed out in the settings. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PairingCode"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The person's passkeys. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PasskeyList"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Keeps a passkey that the browser made. From then on a password alone signs the person in no more. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewPasskey"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Passkey"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/passkeys/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins the registration of a passkey. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PasskeyCeremony"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/passkeys/{passkey}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a passkey. Without any, a password alone signs the person in again. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    passkey: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sets the password of a local account by an invitation or a reset link, which is good once. Signs every browser of the person
         *     out and revokes their tokens.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewPassword"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/password/forgotten": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a link by which a password is set anew to whoever has this name. The answer, and the work of this request, are the same for
         *     a name that nobody has.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Forgotten"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The services that sessions can be sent to, and to which of them the person agreed. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Providers"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers/{purpose}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Agrees that sessions are sent to a service from now on, once they are scored. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    purpose: components["schemas"]["ProviderPurpose"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ProviderConsent"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Providers"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Withdraws the agreement: nothing more is sent. What came back stays with its sessions until they are deleted. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    purpose: components["schemas"]["ProviderPurpose"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Providers"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/question-sets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The person's sets. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QuestionSets"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a set. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["QuestionSetRequest"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QuestionSetMade"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/question-sets/{set}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Names a set anew and says which questions it has, in which order. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    set: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["QuestionSetRequest"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Deletes a set and its links; its questions stay. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    set: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/question-sets/{set}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The links to a set. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    set: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QuestionSetLinks"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a link to a set. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    set: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["QuestionSetLinkRequest"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QuestionSetLinkMade"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/question-sets/{set}/links/{set_link}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a link to a set; copies stay with whoever took them. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    set: string;
                    set_link: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/questions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns every question that can be chosen. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Questions"];
                    };
                };
            };
        };
        put?: never;
        /** Adds a question of the person's own. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["QuestionRequest"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QuestionMade"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/questions/{question}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes a question of the person's own. Sessions keep it as it was asked. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    question: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["QuestionRequest"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Deletes a question of the person's own, also from the sets that hold it. Sessions keep it as it was asked. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    question: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the phrases of the person's own sessions that contain the text. */
        get: {
            parameters: {
                query: {
                    /** @description The text to search for, 2 to 200 characters, as it is in a phrase; case does not matter. */
                    q: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SearchResults"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The person's sessions, newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description 1 to 100; 20 without it. */
                    limit?: number;
                    /** @description The `next` of the page before. */
                    before?: components["schemas"]["SessionId"];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Sessions"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a session. The consent in force must have been given. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CreateSession"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One session. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Deletes a session for good: recording, journal, report, scores. 202: nobody sees it any more, the rest is removed as soon as
         *     the object store answers.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Deleted"];
                    };
                };
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Deleted"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/affect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a service of others estimated of the video, where the owner has let it see the recording. It stands beside what this server
         *     estimated, and moves no score.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Estimated"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/analyze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the progress of the analysis of an upload. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Analysis"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Analyzes a failed session again. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/calibration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Measures the clip and stores the result with the session, which must not be live yet. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            /** @description 3 to 8 seconds of camera and microphone */
            requestBody: {
                content: {
                    "video/webm": number[];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CalibrationOutcome"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The comments on a session. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Comments"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Comments on a session, on one of its moments, or on a comment. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CommentRequest"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CommentMade"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Deletes every comment on a session. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/comments/{comment}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Deletes a comment: the owner any, others their own. One with replies stays without text and name until the last reply goes. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                    comment: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/comments/{comment}/resolved": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Marks a comment as settled, or as open again: the owner any, others their own. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                    comment: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Resolution"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/corrections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the owner corrected of the words of a session. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Corrections"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/corrections/{start_ms}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Says what was said in a phrase, which `start_ms` names. What was recognized is kept beside it, and everything that rests on the words is
         *     computed again.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                    /** @description The start of the phrase */
                    start_ms: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CorrectionRequest"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Corrections"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Takes a correction back: what was recognized counts again. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                    /** @description The start of the phrase */
                    start_ms: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Corrections"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns recording, journal, report and calibration in one ZIP, which is written while it is read. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/zip": number[];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/gold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Marks a ready session as the reference answer of its questions, or takes the mark away. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Gold"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** With whom a session is shared. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Grants"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Shares a session with a person who reviews it. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Share"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ShareMade"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/grants/{grant}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a share. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                    grant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/ice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The servers by which media finds its way, with credentials that are good for a time. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IceServers"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/journal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the journal: all observations of the session, one JSON object a line. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/x-ndjson": string;
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The links to a session, and who opened them. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Links"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a link by which people without an account see a session. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["LinkRequest"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LinkMade"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/links/{link}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a link, and with it every visit that it began. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                    link: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A WebSocket of JSON messages tagged by `type`; docs/WIRE.md describes them. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description switches to WebSocket */
                101: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A link to the recording, good for a few minutes, and for 30 s where somebody else shares it. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Recording"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the report: scores, contributions, moments, curves. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Report"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a language model noticed, where the owner has let one read the session. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Reviewed"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/transcript": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was said, as WebVTT, SubRip or plain text; the report has it as JSON with the times of words. */
        get: {
            parameters: {
                query?: {
                    /** @description Without it, WebVTT. */
                    format?: "vtt" | "srt" | "text";
                };
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/vtt": string;
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the progress of the upload: the parts that the store has. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Upload"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Opens a slot. Another request with the same file returns the same slot and what the store has; a different file
         *     replaces it.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UploadRequest"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Upload"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Cancels the upload and erases what was stored so far. Having no upload is no error. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/upload/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Completes the upload: checks the file and enqueues its analysis. A second request changes nothing. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CompleteRequest"];
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Accepted"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/upload/urls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Returns signed URLs to PUT parts to, valid for a few minutes. The length of each part is signed. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UrlsRequest"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PartUrls"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/whep/{participant}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers that the participant may be watched; there is no content. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                    participant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Watches a participant: takes an SDP offer to receive and returns an SDP answer, with the viewing's URL in `Location`. 409
         *     with `Retry-After` while the participant sends nothing.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                    /** @description candidate or interviewer */
                    participant: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/sdp": string;
                };
            };
            responses: {
                201: {
                    headers: {
                        etag?: string;
                        location?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/sdp": string;
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        /** Returns the media type that can be posted. */
        options: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                    participant: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        "accept-post"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/whep/{participant}/{resource}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers whether the viewing goes on; it has no content. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                    participant: string;
                    resource: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Ends the viewing. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                    participant: string;
                    resource: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Returns the methods of a viewing. */
        options: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                    participant: string;
                    resource: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        "accept-patch"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        head?: never;
        /** Trickle ICE (204) and ICE restarts (200, with the answer's fragment). */
        patch: {
            parameters: {
                query?: never;
                header: {
                    /** @description The ETag of the ICE session, or * to restart it */
                    "if-match": string;
                };
                path: {
                    id: components["schemas"]["SessionId"];
                    participant: string;
                    resource: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/trickle-ice-sdpfrag": string;
                };
            };
            responses: {
                200: {
                    headers: {
                        etag?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/trickle-ice-sdpfrag": string;
                    };
                };
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/sessions/{id}/whip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Refuses reading: a publishing has no content (RFC 9725, section 4.1). */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Publishes: takes an SDP offer and returns an SDP answer, with the publishing's URL in `Location`. A second POST
         *     replaces the first publishing.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/sdp": string;
                };
            };
            responses: {
                201: {
                    headers: {
                        etag?: string;
                        location?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/sdp": string;
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        /** Returns the media type that can be posted. */
        options: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        "accept-post"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/whip/{resource}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers whether the publishing goes on; it has no content (RFC 9725, section 4.1). */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                    resource: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Ends the session, which goes on to its report. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                    resource: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Returns the methods of a publishing. */
        options: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: components["schemas"]["SessionId"];
                    resource: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        "accept-patch"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        head?: never;
        /** Trickle ICE (204) and ICE restarts (200, with the answer's fragment); RFC 9725 section 4.3. */
        patch: {
            parameters: {
                query?: never;
                header: {
                    /** @description The ETag of the ICE session, or * to restart it */
                    "if-match": string;
                };
                path: {
                    id: components["schemas"]["SessionId"];
                    resource: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/trickle-ice-sdpfrag": string;
                };
            };
            responses: {
                200: {
                    headers: {
                        etag?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/trickle-ice-sdpfrag": string;
                    };
                };
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/shared": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The sessions that others share with the person. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SharedSessions"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/shared-sets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The set that a link shows. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SetSecret"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SharedSet"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/shared-sets/copy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Copies the set that a link shows to the person's own, with the questions that its owner wrote. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SetSecret"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QuestionSetMade"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How people sign in. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Ways"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Signs the browser in by name and password; 200: the password is right, and one of the person's passkeys is the second step. The answer is
         *     the same for a name that does not exist.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Credentials"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PasskeyCeremony"];
                    };
                };
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sign-in/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs the browser in by a passkey: alone, or as the step after a password. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PasskeyAnswer"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sign-in/passkey/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins a sign-in by a passkey alone. No name is asked for. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PasskeyCeremony"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs this browser out. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedOut"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The person's tokens. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Tokens"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Issues a token. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TokenRequest"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Issued"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revokes a token. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    token: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/trends": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the person's last hundred scored sessions and their trends. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Trends"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/backchannel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes the provider's word that a person signed out there, and signs their browsers out here. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/x-www-form-urlencoded": components["schemas"]["LogoutForm"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Takes the browser that comes back from the provider, and signs it in. What fails leads to the sign-in page, which says what
         *     to do.
         */
        get: {
            parameters: {
                query?: {
                    code?: string;
                    state?: string;
                    iss?: string;
                    error?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                303: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sends the browser to the provider. */
        get: {
            parameters: {
                query?: {
                    /** @description The page to go to afterwards, a path of this server; the first page without it. */
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                303: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers 200 while the process runs. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Alive"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counters and gauges in Prometheus' text format. Where people sign in, an administrator or their token reads them. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers 200 when database, object store and models are ready, so that sessions can be accepted. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Alive"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The job that was enqueued. */
        Accepted: {
            /** Format: uuid */
            job: string;
        };
        /**
         * @description What a person is on this server. It gives no right to anybody's session: grants do.
         * @enum {string}
         */
        AccountRole: "candidate" | "coach" | "admin";
        /**
         * @description Intensities of FACS action units as **proxies**, 0 to 1 (not A to E): derived from blendshapes and geometry, never
         *     validated against FACS coders (notes in docs/SCORES.md). `None`: cannot be told from the model in use.
         */
        ActionUnits: {
            /**
             * Format: float
             * @description Inner brow raiser.
             */
            AU01?: number | null;
            /**
             * Format: float
             * @description Outer brow raiser.
             */
            AU02?: number | null;
            /**
             * Format: float
             * @description Brow lowerer (corrugator).
             */
            AU04?: number | null;
            /**
             * Format: float
             * @description Upper lid raiser; weak in this model.
             */
            AU05?: number | null;
            /**
             * Format: float
             * @description Cheek raiser; proxy from squint together with smile, cannot be told from AU07.
             */
            AU06?: number | null;
            /**
             * Format: float
             * @description Lid tightener; has a personal offset at rest, read it against the baseline.
             */
            AU07?: number | null;
            /**
             * Format: float
             * @description Nose wrinkler; geometric proxy.
             */
            AU09?: number | null;
            /**
             * Format: float
             * @description Upper lip raiser; rises with every smile.
             */
            AU10?: number | null;
            /**
             * Format: float
             * @description Lip corner puller (zygomatic), the smile.
             */
            AU12?: number | null;
            /**
             * Format: float
             * @description Dimpler; weak.
             */
            AU14?: number | null;
            /**
             * Format: float
             * @description Lip corner depressor.
             */
            AU15?: number | null;
            /**
             * Format: float
             * @description Chin raiser.
             */
            AU17?: number | null;
            /**
             * Format: float
             * @description Lip pucker.
             */
            AU18?: number | null;
            /**
             * Format: float
             * @description Lip stretcher.
             */
            AU20?: number | null;
            /**
             * Format: float
             * @description Lip funneler; driven by speech.
             */
            AU22?: number | null;
            /**
             * Format: float
             * @description Lip pressor (with AU23, the tightener, from which it cannot be told).
             */
            AU24?: number | null;
            /**
             * Format: float
             * @description Lips part.
             */
            AU25?: number | null;
            /**
             * Format: float
             * @description Jaw drop; driven by speech.
             */
            AU26?: number | null;
            /**
             * Format: float
             * @description Lip suck.
             */
            AU28?: number | null;
            /**
             * Format: float
             * @description Eyes closed; confounded with lowered gaze.
             */
            AU43?: number | null;
        };
        /** @description One piece of advice of the device check. */
        Advice: {
            /** @description What is wrong. */
            reason: components["schemas"]["AdviceReason"];
            /** @description One or two sentences for the person that say what to do. */
            text: string;
        };
        /**
         * @description What is wrong with light, position or audio.
         * @enum {string}
         */
        AdviceReason: "dark" | "bright" | "small" | "turned" | "cut" | "no_face" | "quiet" | "loud_noise";
        Alive: {
            status: string;
            version: string;
        };
        /** @description The progress of an analysis. */
        Analysis: {
            /**
             * Format: int32
             * @description The number of attempts so far, at most five.
             */
            attempts: number;
            /** @description Why the last attempt failed. */
            error?: string | null;
            /**
             * Format: int32
             * @description Of the stage, 0 to 100.
             */
            percent?: number | null;
            /** @description `fetching`, `analyzing` or `storing`; `null`: not started. */
            stage?: string | null;
            /** @description `queued`, `running`, `done`, or `dead`: given up. */
            state: string;
        };
        /** @description One answer, or the whole session. */
        Answer: {
            /** @description What to try next, the most important first, at most three; of the whole session, the worst of each answer. */
            advice?: components["schemas"]["Feedback"][];
            end: components["schemas"]["MediaTime"];
            /** @description The further question that was asked after the answer had ended first; what was said to it is part of the answer. */
            follow_up?: string | null;
            /** @description Metrics of this answer by id. */
            metrics: {
                [key: string]: components["schemas"]["MetricValue"];
            };
            outline?: components["schemas"]["Outline"] | null;
            /** @description What went well, one or two sentences with their evidence. */
            praise?: components["schemas"]["Feedback"][];
            /** @description Text of the question; `null` for the whole session or when none was asked. */
            question?: string | null;
            question_id?: string | null;
            scores: components["schemas"]["Scores"];
            start: components["schemas"]["MediaTime"];
            /** Format: int64 */
            suggested_ms?: number | null;
            /** @description The same in plain words: what went well, what to try next, what stood in the way, then a line for each score. */
            words: string[];
        };
        /** @description An answer in a list. */
        AnswerRow: {
            /** Format: int64 */
            end_ms: number;
            /** Format: int32 */
            n: number;
            question_id?: string | null;
            scores: components["schemas"]["ScoreValues"];
            /** Format: int64 */
            start_ms: number;
        };
        /** @description A question as the interviewer asks it. */
        Asked: {
            /** @description Id of one of the session's questions; `null`: the interviewer's own. */
            question_id?: string | null;
            text: string;
        };
        /** @description A question as it was asked; the bank may change later. */
        AskedQuestion: {
            family: components["schemas"]["Family"];
            id: string;
            /** Format: int64 */
            suggested_ms: number;
            text: string;
        };
        Audit: {
            /** @description The newest 200, newest first. */
            entries: components["schemas"]["AuditEntry"][];
        };
        /** @description A line of the log. */
        AuditEntry: {
            /** @description Name or address of who did it; `null`: the owner. */
            actor?: string | null;
            /**
             * Format: int64
             * @description Microseconds since 1970 (UTC).
             */
            at_us: number;
            /** Format: uuid */
            session?: string | null;
            /**
             * @description `signed_in`, `signed_out`, `password_set`, `passkey_added`, `passkey_removed`, `token_issued`, `token_revoked`, `shared`, `unshared`, `link_made`, `link_opened`,
             *     `link_ended`, `read`, `exported`, `deleted`, `erasure_asked`, `erasure_taken_back` or `erased`.
             */
            what: string;
        };
        /**
         * @description As what somebody wrote a comment.
         * @enum {string}
         */
        AuthorKind: "owner" | "person" | "guest";
        /** @description A browser that is signed in, as its owner sees it. */
        Browser: {
            /** @description What the browser calls itself. */
            agent?: string | null;
            /**
             * Format: int64
             * @description When it signed in: microseconds since 1970 (UTC).
             */
            created_us: number;
            /**
             * Format: int64
             * @description When it is signed out at the latest.
             */
            expires_us: number;
            /** Format: uuid */
            id: string;
            /**
             * Format: int64
             * @description Its last request, within a minute.
             */
            seen_us: number;
        };
        Browsers: {
            /** @description The last used first. */
            browsers: components["schemas"]["Browser"][];
            /**
             * Format: uuid
             * @description The one that asks; `null`: it is not signed in, because the server has one person.
             */
            this?: string | null;
        };
        /** @description What the device check measured: the person's neutral look at the camera and the room's quiet. */
        Calibration: {
            /** @default null */
            action_units: components["schemas"]["ActionUnits"] | null;
            /**
             * @description Left, right, as [`Face::eye_opening`].
             * @default null
             */
            eye_opening: number[] | null;
            /**
             * @description Mean of both eyes, as [`Iris`].
             * @default null
             */
            iris: number[] | null;
            /**
             * Format: float
             * @description Level of the voice when something was said, dB.
             * @default null
             */
            level_db: number | null;
            /**
             * Format: float
             * @description Level of the quiet room, dB.
             * @default null
             */
            noise_floor_db: number | null;
            /**
             * Format: float
             * @default null
             */
            pitch: number | null;
            /**
             * Format: float
             * @description Median pitch of the voice when something was said, Hz.
             * @default null
             */
            pitch_hz: number | null;
            /**
             * Format: float
             * @default null
             */
            roll: number | null;
            /**
             * Format: float
             * @default null
             */
            smile: number | null;
            /**
             * Format: float
             * @description Degrees; as [`Pose`].
             * @default null
             */
            yaw: number | null;
        };
        /** @description What the device check found. */
        CalibrationOutcome: {
            /** @description What the person can improve; empty when nothing. */
            advice: components["schemas"]["Advice"][];
            /** @description The baseline that was measured. */
            calibration: components["schemas"]["Calibration"];
            /** @description Whether light, position and audio are good enough to begin. */
            ok: boolean;
        };
        /** @description The settings the browser really applied, or what the file holds. */
        Capture: {
            /**
             * @description Automatic gain control was on (levels then say little).
             * @default false
             */
            agc: boolean;
            /**
             * @description The echo of somebody else was taken out of the microphone, which changes the voice while both speak.
             * @default false
             */
            echo_cancellation: boolean;
            /**
             * Format: int32
             * @default 0
             */
            height: number;
            /** @default false */
            noise_suppression: boolean;
            /**
             * Format: int32
             * @description Pixels of the upright frame; 0 = no video.
             * @default 0
             */
            width: number;
        };
        /** @description A comment as pages see it. */
        Comment: {
            author_name: string;
            by: components["schemas"]["AuthorKind"];
            /**
             * Format: int64
             * @description Microseconds since 1970 (UTC).
             */
            created_us: number;
            /** @description Whether it was deleted and stays, without text and name, for the replies to it. */
            deleted: boolean;
            /**
             * Format: int64
             * @description Where it ends; `null`: it is about one moment.
             */
            end_ms?: number | null;
            /** Format: uuid */
            id: string;
            /** @description Whether whoever asks wrote it. */
            own: boolean;
            /**
             * Format: uuid
             * @description The comment that it answers; `null`: none.
             */
            reply_to?: string | null;
            /**
             * Format: int64
             * @description When it was marked as settled: microseconds since 1970 (UTC); `null`: it is not.
             */
            resolved_us?: number | null;
            /**
             * Format: int64
             * @description Where it begins, media time; `null`: it is about the whole session, or a reply.
             */
            start_ms?: number | null;
            text: string;
        };
        CommentMade: {
            /** Format: uuid */
            id: string;
        };
        /** @description What somebody says, and about which place. */
        CommentRequest: {
            /**
             * Format: int64
             * @description Where it ends; `null`: it is about one moment.
             */
            end_ms?: number | null;
            /**
             * Format: uuid
             * @description The comment that it answers, which is itself no reply.
             */
            reply_to?: string | null;
            /**
             * Format: int64
             * @description Where it begins, media time; `null`: it is about the whole session.
             */
            start_ms?: number | null;
            /** @description 1 to 2000 characters. */
            text: string;
        };
        Comments: {
            /** @description In the order in which they were written. */
            comments: components["schemas"]["Comment"][];
        };
        /** @description One side of a comparison. */
        Compared: components["schemas"]["Span"] & {
            /** @description Place of the answer in its report. */
            answer: number;
            question?: string | null;
        };
        /** @description Two answers to one question, usually one's own (`a`) and a gold standard (`b`). */
        Comparison: {
            a: components["schemas"]["Compared"];
            b: components["schemas"]["Compared"];
            /** @description The four scores, then the metrics, each with both values. */
            gaps: components["schemas"]["Difference"][];
            /** @description Opening, middle and close: the spans that correspond. */
            phases: components["schemas"]["Phase"][];
            /** @description The same question was answered; otherwise the two are compared all the same, and the page says so. */
            same_question: boolean;
            /** @description The three largest differences, in words. */
            words: string[];
        };
        CompleteRequest: {
            /** @description CRC-64/NVME of the whole file in 16 hexadecimal digits, if the page computed it. */
            crc64?: string | null;
        };
        /** @description A consent that is in force. */
        Consent: {
            /** Format: int64 */
            accepted_us: number;
            version: string;
        };
        ConsentRequest: {
            /** @description The version that the person read. It must be the one in force. */
            version: string;
        };
        /** @description One named part of a score. */
        Contribution: {
            /**
             * Format: float
             * @description The person's own usual value, where the metric is read against it.
             */
            baseline?: number | null;
            /** @description Id of the metric it rests on. */
            metric: string;
            /** @description What moved it most, both ways. */
            moments: components["schemas"]["Moment"][];
            /** @description The metric's name as one reads it; empty in a report of version 0.1.0. */
            name?: string;
            /**
             * Format: float
             * @description Points it brought, 0 to 100 times `weight`.
             */
            points: number;
            /** @description Why there is no value, where it is not for want of evidence ("too noisy to judge"). */
            reason?: string | null;
            /** @description The band aimed at, in words with numbers ("120 to 160 words a minute"). */
            target: string;
            /** @description The value in words, and the person's own usual one: as in [`MetricValue`]. */
            text?: string | null;
            unit: string;
            usual?: string | null;
            /**
             * Format: float
             * @description `null`: not enough evidence; it brings no points of its own, and `unknown` of the score stands in for it.
             */
            value?: number | null;
            /**
             * Format: float
             * @description Share of the score, 0 to 1; the weakest pillar has more than its formula gives it.
             */
            weight: number;
        };
        /** @description The text that the owner gave a phrase. */
        Correction: {
            /**
             * Format: int64
             * @description The start of the phrase, media time.
             */
            start_ms: number;
            text: string;
        };
        CorrectionRequest: {
            /** @description What was said: 1 to 2000 characters, and no more words than can be said in the time of the phrase. */
            text: string;
        };
        Corrections: {
            /** @description In order of time. */
            corrections: components["schemas"]["Correction"][];
            /** @description Whether the report is still to be computed with them. */
            pending: boolean;
        };
        /** @description Which share of the time each kind of evidence was there, 0 to 1. */
        Coverage: {
            /**
             * Format: float
             * @description Analyzed frames with a usable face, of the grid's cells.
             */
            face: number;
            /**
             * Format: float
             * @description Seconds of usable face seen.
             */
            face_s: number;
            /**
             * Format: float
             * @description Seconds of speech heard.
             */
            speech_s: number;
            /**
             * Format: float
             * @description Hops without a gap, of all hops.
             */
            voice: number;
        };
        CreateSession: {
            capture?: components["schemas"]["Capture"] | null;
            hints?: components["schemas"]["HintSettings"] | null;
            /** @description Ids of 1 to 5 questions in the order they are asked; a file that is uploaded answers one. */
            questions: string[];
            /** @description Where the media comes from; without it, live. */
            source?: components["schemas"]["SessionSource"];
        };
        Credentials: {
            /** @description The account's name, an e-mail address. */
            name: string;
            password: string;
        };
        /** @description What went with a deleted session. */
        Deleted: {
            /** @description Objects that were removed from the object store: recording, journal, report, poster, parts; `null`: removed later. */
            objects?: number | null;
            /** @description Rows of the session, its answers, scores and hints are gone; false: removed later. Nobody sees them in any case. */
            rows: boolean;
            /** @description Files that were not in the object store yet are gone. */
            spool: boolean;
        };
        /** @description How one score or metric differs. */
        Difference: {
            /** Format: float */
            a?: number | null;
            /** Format: float */
            b?: number | null;
            /** @description Id of the score or the metric. */
            id: string;
            /** @description Moments of `a` and of `b` that show it. */
            moments_a: components["schemas"]["MomentRef"][];
            moments_b: components["schemas"]["MomentRef"][];
            name: string;
            /**
             * Format: float
             * @description `a - b` in what a listener would just notice; `null` where one of them is unknown.
             */
            noticeable?: number | null;
            /** @description Both values in each phase, where a curve tells them. */
            phases: (number | null)[][];
            /** @description Both values in words; `null` for a score and for a report of version 0.1.0. */
            text_a?: string | null;
            text_b?: string | null;
            /** @description "" for a score. */
            unit: string;
        };
        /** @enum {string} */
        Direction: "up" | "down" | "steady";
        Erasure: {
            /**
             * Format: int64
             * @description When everything is deleted, within the hour: microseconds since 1970 (UTC).
             */
            at_us: number;
        };
        Estimated: {
            affect?: components["schemas"]["OutsideAffect"] | null;
            /** @description The service. `null`: none was asked, or it is still working. */
            provider?: string | null;
        };
        /** @enum {string} */
        FaceModel: "full" | "lite" | "none";
        /**
         * @description What a behavioural question asks for.
         * @enum {string}
         */
        Family: "failure" | "conflict" | "leadership" | "teamwork" | "pressure" | "motivation";
        /** @description One sentence about behaviour, with the stretch of the replay that shows it. */
        Feedback: {
            /** @description Places in [`Report::answers`] of the answers it is about. */
            answers: number[];
            /** @description Id of the metric or the condition it is about. */
            id: string;
            /** @description Behaviour, number, what to do. */
            text: string;
            worst?: components["schemas"]["Span"] | null;
        };
        /** @description What follows the end of an answer: a further question, or nothing. */
        FollowUp: {
            missing?: components["schemas"]["Missing"] | null;
            t: components["schemas"]["MediaTime"];
            /** @description The question. */
            text?: string | null;
        };
        Forgotten: {
            /** @description The account's name, an e-mail address. */
            name: string;
        };
        /** @description A phrase that holds what was looked for. */
        Found: {
            /** Format: int64 */
            end_ms: number;
            session_id: components["schemas"]["SessionId"];
            /** Format: int64 */
            start_ms: number;
            text: string;
        };
        Gold: {
            gold: boolean;
        };
        /** @description A grant as the owner sees it. */
        Grant: {
            /**
             * Format: int64
             * @description Microseconds since 1970 (UTC).
             */
            created_us: number;
            email?: string | null;
            /**
             * Format: int64
             * @description Microseconds since 1970 (UTC); `null`: until it is revoked.
             */
            expires_us?: number | null;
            /** Format: uuid */
            id: string;
            name?: string | null;
            role: components["schemas"]["GrantRole"];
            scores: boolean;
        };
        /**
         * @description As what somebody is let in.
         * @enum {string}
         */
        GrantRole: "interviewer" | "observer" | "coach";
        Grants: {
            /** @description Those in force, oldest first. */
            grants: components["schemas"]["Grant"][];
        };
        /** @description What a guest says, and how they are called. */
        GuestCommentRequest: {
            /**
             * Format: int64
             * @description Where it ends; `null`: it is about one moment.
             */
            end_ms?: number | null;
            /** @description How the guest is called, at most 80 characters; without it, as before. */
            name?: string | null;
            /**
             * Format: uuid
             * @description The comment that it answers, which is itself no reply.
             */
            reply_to?: string | null;
            /**
             * Format: int64
             * @description Where it begins, media time; `null`: it is about the whole session.
             */
            start_ms?: number | null;
            /** @description 1 to 2000 characters. */
            text: string;
        };
        /** @description A session that a link shows. */
        GuestView: {
            /** @description Whether the guest agreed to the text in force on what is recorded of an interviewer. */
            agreed: boolean;
            /** @description Whether comments are seen and written. */
            comments: boolean;
            /**
             * Format: int64
             * @description When the link ends: microseconds since 1970 (UTC).
             */
            expires_us: number;
            /**
             * Format: uuid
             * @description The link's id, which the other requests name.
             */
            link: string;
            /** @description How the guest is called; `null`: they did not say. */
            name?: string | null;
            /** @description Who shows the session; `null`: they have no name here. */
            owner_name?: string | null;
            role?: components["schemas"]["GrantRole"] | null;
            /** @description Whether scores and report are shown. */
            scores: boolean;
            session: components["schemas"]["Session"];
        };
        /** @description One hint that was shown. */
        Hint: {
            /** @description What it was shown for, with numbers. */
            evidence: string;
            /** @description "slow_down", …; docs/HINTS.md lists them. */
            id: string;
            /** @description True for a hint that says something went well. */
            positive?: boolean;
            t: components["schemas"]["MediaTime"];
            /** @description 2 to 4 words. */
            text: string;
        };
        /** @description A hint that can be switched. */
        HintChoice: {
            description: string;
            id: string;
            /** @description 2 to 4 words. */
            text: string;
        };
        /** @description Which hints the person allows. */
        HintSettings: {
            /**
             * Format: int64
             * @description At most one hint per this many milliseconds.
             */
            budget_ms: number;
            /** @description Ids of the hints that may be shown ("slow_down", …). */
            enabled: string[];
        };
        /** @description A TURN server as `RTCPeerConnection` takes it. */
        IceServer: {
            credential: string;
            urls: string[];
            username: string;
        };
        /** @description What a browser is told before it gathers candidates. */
        IceServers: {
            /** @description Empty where media is not relayed. */
            ice_servers: components["schemas"]["IceServer"][];
        };
        /** @description Somebody began to speak while the other one did, who then stopped. */
        Interruption: components["schemas"]["Span"] & {
            by: components["schemas"]["Speaker"];
        };
        /** @description Where another device is paired. */
        Invitation: {
            /** @description One address for each network that this machine is in; they are good for the same device, once. */
            addresses: components["schemas"]["PairingAddress"][];
            /**
             * Format: int64
             * @description Microseconds since 1970.
             */
            expires_us: number;
        };
        Issued: {
            /** Format: uuid */
            id: string;
            /** @description Sent as `Authorization: Bearer …`. It is shown now and never again. */
            secret: string;
        };
        /** @description A link as its owner sees it. */
        Link: {
            /** @description Whether comments are seen and written. */
            comments: boolean;
            /**
             * Format: int64
             * @description Microseconds since 1970 (UTC).
             */
            created_us: number;
            /**
             * Format: int64
             * @description Microseconds since 1970 (UTC).
             */
            expires_us: number;
            /** Format: uuid */
            id: string;
            /** @description For whom it is, as the owner noted it. */
            name?: string | null;
            /** @description Whether a passphrase is asked for. */
            passphrase: boolean;
            /**
             * Format: int64
             * @description When its owner ended it: microseconds since 1970 (UTC); `null`: they did not.
             */
            revoked_us?: number | null;
            role?: components["schemas"]["GrantRole"] | null;
            /** @description Whether scores and report are seen too. */
            scores: boolean;
            /** @description Who opened it, the last first, 100 at most. */
            visits: components["schemas"]["Visit"][];
        };
        LinkMade: {
            /** Format: uuid */
            id: string;
            /**
             * @description The page that guests open, on this server; it cannot be read again. The secret in it stands after a `#`, so that no server's log
             *     holds it.
             */
            path: string;
        };
        LinkRequest: {
            /** @description Whether guests see and write comments. */
            comments?: boolean;
            /**
             * Format: int32
             * @description How long it is good: 1 to 90.
             */
            days: number;
            /** @description For whom it is, at most 80 characters; guests do not see it. */
            name?: string | null;
            /** @description 8 to 256 characters that are asked for; `null`: whoever has the link is let in. */
            passphrase?: string | null;
            role?: components["schemas"]["GrantRole"] | null;
            /** @description Whether scores and report are shown too, beside recording and transcript. */
            scores?: boolean;
        };
        Links: {
            /** @description The newest first, those that have ended included. */
            links: components["schemas"]["Link"][];
        };
        /** @description What was seen of the candidate while the interviewer spoke and the candidate did not. */
        Listening: {
            /**
             * Format: float
             * @description Share of the time on camera, 0 to 1.
             */
            eye_contact?: number | null;
            /** Format: float */
            nods_per_minute: number;
            /**
             * Format: float
             * @description Seconds of it in which the face was seen well.
             */
            seconds: number;
            /**
             * Format: float
             * @description Share of the time with a smile, 0 to 1.
             */
            smile_share: number;
        };
        /** @description A message from the server to a page. */
        LiveMessage: {
            follow_ups: boolean;
            now_t?: components["schemas"]["MediaTime"] | null;
            /** Format: int32 */
            protocol: number;
            session: components["schemas"]["Session"];
            /** @enum {string} */
            type: "hello";
        } | (components["schemas"]["Snapshot"] & {
            /** @enum {string} */
            type: "snapshot";
        }) | {
            reason?: string | null;
            state: components["schemas"]["SessionState"];
            /** @enum {string} */
            type: "state";
        } | (components["schemas"]["Vitals"] & {
            /** @enum {string} */
            type: "vitals";
        }) | (components["schemas"]["ShownHint"] & {
            /** @enum {string} */
            type: "hint";
        }) | (components["schemas"]["RunningScores"] & {
            /** @enum {string} */
            type: "score";
        }) | (components["schemas"]["FollowUp"] & {
            /** @enum {string} */
            type: "follow_up";
        }) | {
            /** Format: int32 */
            count: number;
            /** @enum {string} */
            type: "viewers";
        } | {
            name?: string | null;
            present: boolean;
            /** @enum {string} */
            type: "interviewer";
        } | (components["schemas"]["Asked"] & {
            /** @enum {string} */
            type: "asked";
        }) | (components["schemas"]["TalkTime"] & {
            /** @enum {string} */
            type: "talk_time";
        }) | {
            /** Format: int32 */
            percent: number;
            stage: string;
            /** @enum {string} */
            type: "progress";
        } | {
            /** @enum {string} */
            type: "report_ready";
        } | {
            detail: string;
            title: string;
            /** @enum {string} */
            type: "error";
        } | {
            nonce: string;
            /** @enum {string} */
            type: "echo";
        };
        /** @description The form that the provider posts. */
        LogoutForm: {
            logout_token: string;
        };
        Me: {
            /** @description False: this server does not estimate feelings. */
            affect: boolean;
            consent?: components["schemas"]["Consent"] | null;
            consent_version: string;
            /** @description The person's verified address. */
            email?: string | null;
            /**
             * Format: int64
             * @description When everything is deleted because the person asked for it: microseconds since 1970 (UTC); `null`: they did not ask.
             */
            erasure_us?: number | null;
            /** @description The hints that can be switched. */
            hints: components["schemas"]["HintChoice"][];
            /** @description `personal`: one person, no sign-in; `accounts`: people sign in. */
            mode: string;
            models: components["schemas"]["ModelNames"];
            name?: string | null;
            retention: components["schemas"]["Retention"];
            /** @description What the person is on this server; it gives no right to sessions of others. */
            role: components["schemas"]["AccountRole"];
            /**
             * Format: int64
             * @description The largest file that can be uploaded.
             */
            upload_bytes: number;
            user_id: components["schemas"]["UserId"];
        };
        /**
         * Format: int64
         * @description Milliseconds since t = 0 of the session's media timeline. One WebM tick.
         *
         *     t = 0 is the first access unit that was kept. The calibration, which comes before, has no media time.
         */
        MediaTime: number;
        /** @description A metric over an answer or a session. */
        MetricValue: {
            /** Format: float */
            baseline?: number | null;
            /**
             * Format: float
             * @description Share of the time the metric could be taken, 0 to 1.
             */
            coverage: number;
            /** @description As one reads it; empty in a report of version 0.1.0. */
            name?: string;
            /** @description Why there is no value, where it is not for want of evidence ("too noisy to judge"). */
            reason?: string | null;
            /** @description The value in words, as one reads it beside its aim ("140 words a minute, counted in the words", "phrases carried to their end"). */
            text?: string | null;
            unit: string;
            /** @description The person's own usual value in words; `null`: there is none, or it says nothing by itself. */
            usual?: string | null;
            /**
             * Format: float
             * @description `null`: not enough to say.
             */
            value?: number | null;
        };
        /**
         * @description What a story of work can lack.
         * @enum {string}
         */
        Missing: "result" | "own_part" | "action" | "number";
        /** @description The names of the loaded models. */
        ModelNames: {
            /** @description The face model. */
            face: components["schemas"]["FaceModel"];
            /** @description What detects when somebody speaks. */
            voice_activity: components["schemas"]["VoiceActivityModel"];
            /** @description Name and version of the speech recognizer; `null`: nothing is written down. */
            words?: string | null;
        };
        /** @description A stretch of the replay that is evidence for something. */
        Moment: components["schemas"]["Span"] & {
            /** @description True: it helped. */
            good: boolean;
            /** @description Behaviour in plain words: "4.2 s pause". */
            why: string;
        };
        /** @description A stretch of one of the two replays. */
        MomentRef: {
            end: components["schemas"]["MediaTime"];
            start: components["schemas"]["MediaTime"];
            why: string;
        };
        NewPasskey: {
            ceremony: string;
            /** @description What `navigator.credentials.create` gave, by its `toJSON`. */
            credential: Record<string, never>;
            /** @description What the person calls it, 1 to 80 characters. */
            name: string;
        };
        NewPassword: {
            /** @description The secret of the link. */
            link: string;
            /** @description 12 to 256 characters. */
            password: string;
        };
        /** @description Something that a language model noticed, with the words that it rests on. */
        Note: {
            /** @description Place of the answer in the report. */
            answer: number;
            /** Format: int64 */
            end_ms: number;
            kind: components["schemas"]["NoteKind"];
            /** @description As the transcript has it. */
            quote: string;
            /**
             * Format: int64
             * @description Where the quoted words were said, media time.
             */
            start_ms: number;
            text: string;
        };
        /**
         * @description What a note is.
         * @enum {string}
         */
        NoteKind: "strength" | "gap" | "suggestion";
        OldSession: {
            /**
             * Format: int64
             * @description Microseconds since 1970 (UTC).
             */
            created_us: number;
            id: components["schemas"]["SessionId"];
            /** @description Its first question; `null`: it has none. */
            question?: string | null;
        };
        OpenLink: {
            /** @description The secret of the link. */
            link: string;
            /** @description How the guest is called, at most 80 characters; the owner sees it. */
            name?: string | null;
            /** @description What the owner told the guest, where the link asks for it. */
            passphrase?: string | null;
        };
        /** @description The outline that was found of an answer. It is no grade: what is not in it may have been told in other words. */
        Outline: {
            /** @description In order of time; each part at most once. */
            parts: components["schemas"]["OutlinePart"][];
        };
        /** @description A part of an [`Outline`], from its first set phrase to the next part. */
        OutlinePart: components["schemas"]["Span"] & {
            part: components["schemas"]["StoryPart"];
            /** @description Its first words, at most ten. */
            quote: string;
        };
        /** @description What was estimated of a video. */
        OutsideAffect: {
            /** @description Shares of emotions over the whole video, as the service names them. */
            average: {
                [key: string]: number;
            };
            /** @description In order of time. */
            samples: components["schemas"]["OutsideAffectSample"][];
        };
        /** @description What was estimated of one frame. */
        OutsideAffectSample: {
            /** Format: double */
            arousal: number;
            /** Format: double */
            intensity: number;
            /**
             * Format: int64
             * @description Media time.
             */
            t_ms: number;
            /** Format: double */
            valence: number;
        };
        PairingAddress: {
            /** @description The same as a QR code: an SVG image, black on white. */
            qr: string;
            /** @description The page to open on the device. The code stands behind `#`, so that it is in no log. */
            url: string;
        };
        PairingCode: {
            code: string;
        };
        PartUrl: {
            /** Format: int64 */
            bytes: number;
            /** Format: int32 */
            number: number;
            /** @description PUT exactly `bytes` bytes here. */
            url: string;
        };
        PartUrls: {
            /**
             * Format: int64
             * @description Requests must begin before this time; later ones need new URLs.
             */
            expires_us: number;
            urls: components["schemas"]["PartUrl"][];
        };
        /** @description A passkey as its owner sees it. */
        Passkey: {
            /**
             * Format: int64
             * @description Microseconds since 1970 (UTC).
             */
            created_us: number;
            /** Format: uuid */
            id: string;
            /** @description As its owner calls it. */
            name: string;
            /**
             * Format: int64
             * @description Its last use: microseconds since 1970 (UTC); `null`: never.
             */
            used_us?: number | null;
        };
        PasskeyAnswer: {
            ceremony: string;
            /** @description What `navigator.credentials.get` gave, by its `toJSON`. */
            credential: Record<string, never>;
        };
        /** @description A ceremony for the browser's authenticator. */
        PasskeyCeremony: {
            /** @description Names the ceremony when its answer comes. It is good once and for five minutes. */
            ceremony: string;
            /** @description What `navigator.credentials` takes, with `publicKey` in its JSON form (WebAuthn Level 3). */
            options: Record<string, never>;
        };
        PasskeyList: {
            /** @description The oldest first. */
            passkeys: components["schemas"]["Passkey"][];
        };
        /** @description Silence between two stretches of speech. */
        Pause: components["schemas"]["Span"] & {
            class: components["schemas"]["PauseClass"];
        };
        /** @enum {string} */
        PauseClass: "brief" | "medium" | "long";
        /** @description A third of each answer. */
        Phase: {
            a: components["schemas"]["Span"];
            b: components["schemas"]["Span"];
            /** @description "opening", "middle", "close". */
            id: string;
        };
        /**
         * @description What was said between two pauses, as a speech recognizer wrote it down.
         *
         *     Example: `start` 1200, `words[0].start` 1310: the segment that was recognized begins at 1.2 s, its first word at 1.31 s.
         */
        Phrase: {
            /** @description False: the recognizer did not come to an end by itself, and something may be missing. */
            complete: boolean;
            end: components["schemas"]["MediaTime"];
            /** @description In a report: the text as the recognizer wrote it, where the owner has corrected it. A journal never has it. */
            heard?: string | null;
            /**
             * Format: float
             * @description Mean natural logarithm of the probabilities of the text's tokens: 0 = certain, below -0.35 = uncertain.
             */
            logp: number;
            /** @description Name and version of the recognizer. */
            source: string;
            /** @description The segment of audio, pauses at its edges included. */
            start: components["schemas"]["MediaTime"];
            /** @description When it counts from: a fixed time after the pause that closed it. */
            t: components["schemas"]["MediaTime"];
            /** @description The words with their punctuation, as written by the recognizer. */
            text: string;
            /** @description In order of time; empty when the recognizer gives no times. */
            words: components["schemas"]["Word"][];
        };
        /** @description Somebody who takes part. */
        Present: {
            /** @description How they are called, in their own words. */
            name?: string | null;
        };
        /** @description A problem document. `type` is `urn:coach:problem:` and a word that programs can rely on. */
        Problem: {
            /** @description What went wrong here, and what to do. */
            detail: string;
            /** @description The request: `urn:uuid:` and the id that the header `x-request-id` and the server's log have. */
            instance?: string | null;
            state?: components["schemas"]["SessionState"] | null;
            /**
             * Format: int32
             * @description The HTTP status again.
             */
            status: number;
            title: string;
            type: string;
        };
        /** @description Progress of the work after the stop. */
        Progress: {
            /**
             * Format: int32
             * @description How much of the work is done, 0 to 100.
             */
            percent: number;
            /** @description Name of the current step of the work. */
            stage: string;
        };
        /** @description A service, and whether the person agreed to it. */
        Provider: components["schemas"]["ProviderOffer"] & {
            /**
             * Format: int64
             * @description When the person agreed: microseconds since 1970 (UTC); `null`: nothing is sent.
             */
            accepted_us?: number | null;
        };
        ProviderConsent: {
            /** @description The service that the person read about. It must be the one that is set. */
            provider: string;
        };
        /** @description A service that the operator has set. */
        ProviderOffer: {
            /** @description Where sessions are sent, and to which model: what a person agrees to. With another one they are asked again. */
            provider: string;
            purpose: components["schemas"]["ProviderPurpose"];
            /** @description What is sent, in a sentence that the page shows. */
            sends: string;
        };
        /**
         * @description What a service is for.
         * @enum {string}
         */
        ProviderPurpose: "transcription" | "review" | "affect" | "follow_up";
        Providers: {
            /** @description Empty: nothing leaves this server. */
            providers: components["schemas"]["Provider"][];
        };
        /** @enum {string} */
        QualityReason: "dark" | "bright" | "small" | "turned" | "cut";
        /** @description A question that can be chosen. */
        Question: {
            /** @description Whether it is one of those that are asked almost everywhere. */
            classic: boolean;
            family: components["schemas"]["Family"];
            id: string;
            /** @description The role or company that an own question is for, as its owner notes it. */
            label?: string | null;
            /** @description Whether the person wrote it; the others are of the bank. */
            own: boolean;
            /**
             * Format: int64
             * @description Suggested length of an answer.
             */
            suggested_ms: number;
            text: string;
            /** @description Advice on how to answer; empty: there is none. */
            tip: string;
        };
        QuestionMade: {
            id: string;
        };
        QuestionRequest: {
            /** @description What it asks for. */
            family: components["schemas"]["Family"];
            /** @description The role or company that it is for, at most 80 characters. */
            label?: string | null;
            /**
             * Format: int64
             * @description Suggested length of an answer, 15000 to 600000; without it, two minutes.
             */
            suggested_ms?: number | null;
            /** @description The question as it is asked: 1 to 500 characters. */
            text: string;
            /** @description Advice on how to answer, at most 500 characters. */
            tip?: string | null;
        };
        /** @description A set as its owner sees it. */
        QuestionSet: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @description Ids of its questions, in their order. */
            questions: string[];
            /**
             * Format: int64
             * @description Microseconds since 1970 (UTC).
             */
            updated_us: number;
        };
        /** @description A link as the owner of the set sees it. */
        QuestionSetLink: {
            /**
             * Format: int32
             * @description How often a copy was taken.
             */
            copies: number;
            /**
             * Format: int64
             * @description Microseconds since 1970 (UTC).
             */
            created_us: number;
            /**
             * Format: int64
             * @description Microseconds since 1970 (UTC).
             */
            expires_us: number;
            /** Format: uuid */
            id: string;
        };
        QuestionSetLinkMade: {
            /** Format: uuid */
            id: string;
            /**
             * @description The page that others open, on this server; it cannot be read again. The secret in it stands after a `#`, so that no server's log
             *     holds it.
             */
            path: string;
        };
        QuestionSetLinkRequest: {
            /**
             * Format: int32
             * @description How long it is good: 1 to 366.
             */
            days: number;
        };
        QuestionSetLinks: {
            /** @description Those in force, the newest first. */
            links: components["schemas"]["QuestionSetLink"][];
        };
        QuestionSetMade: {
            /** Format: uuid */
            id: string;
        };
        QuestionSetRequest: {
            /** @description 1 to 80 characters. */
            name: string;
            /** @description Ids of 1 to 50 questions in their order, each once. */
            questions: string[];
        };
        QuestionSets: {
            /** @description The oldest first. */
            sets: components["schemas"]["QuestionSet"][];
        };
        Questions: {
            questions: components["schemas"]["Question"][];
        };
        Recording: {
            /** Format: int64 */
            bytes: number;
            content_type: string;
            /** Format: int64 */
            duration_ms?: number | null;
            /** Format: int64 */
            expires_us: number;
            /** @description The interviewer's recording on the same timeline, valid as long; `null` where there was no interviewer. */
            interviewer_url?: string | null;
            /** @description A still image of it, valid as long; `null` where there is no video. */
            poster_url?: string | null;
            /** @description Valid until `expires_us`; it answers range requests, so that a player can seek. */
            url: string;
        };
        /** @description `report.json`. */
        Report: {
            /** @description In order of time. At least one: a session without marks is one answer. */
            answers: components["schemas"]["Answer"][];
            coverage: components["schemas"]["Coverage"];
            /** Format: int64 */
            duration_ms: number;
            /** @description Version of each formula by name ("confidence": 1, …), so that old scores are never mixed with new ones. */
            formulas: {
                [key: string]: number;
            };
            hints: components["schemas"]["Hint"][];
            /** @description Metrics of the whole session by id. */
            metrics: {
                [key: string]: components["schemas"]["MetricValue"];
            };
            /**
             * @description What the person has to know about the recording as a whole, each a sentence: that a file ends early, which of its audio tracks was
             *     read, that the voice was too quiet.
             */
            notices?: string[];
            /** @description The whole session in the same form. */
            overall: components["schemas"]["Answer"];
            pauses: components["schemas"]["Pause"][];
            /** @description Name and version of the speech recognizer; `null`: there was none. */
            recognizer?: string | null;
            /** @description 2 Hz; sample `i` is at `500 i` ms. */
            series: components["schemas"]["Series"];
            stress: components["schemas"]["StressSpike"][];
            /** @description What was said, phrase by phrase in order of time; empty where nothing was written down (`recognizer` says whether anybody tried). */
            transcript?: components["schemas"]["Phrase"][];
            turns?: components["schemas"]["Turns"] | null;
            /** @description Speech that was not written down because the machine was busy. A job writes it down after the session and takes it from here. */
            unwritten?: components["schemas"]["Span"][];
            /**
             * Format: int32
             * @description [`VERSION`].
             */
            version: number;
            /** @description Voice measures under Praat's names (`f0_mean`, `jitter_local`, …), from the live path. */
            voice: {
                [key: string]: number | null;
            };
            /** @description What the person is compared with where no device check was made: a sentence. `null`: there was one. */
            without_check?: string | null;
        };
        Resolution: {
            resolved: boolean;
        };
        /** @description The time from the end of a question to the first word. */
        Response: {
            first_word: components["schemas"]["MediaTime"];
            /** Format: int64 */
            ms: number;
            question_end: components["schemas"]["MediaTime"];
        };
        /** @description When sessions are deleted by themselves. */
        Retention: {
            /**
             * Format: int32
             * @description The number of days after which a session is deleted; `null`: never.
             */
            days?: number | null;
            /**
             * Format: int64
             * @description When the number that the person chose begins to count: microseconds since 1970 (UTC); `null`: it counts.
             */
            from_us?: number | null;
            /**
             * Format: int32
             * @description The number of days that the person chose; `null`: none.
             */
            own?: number | null;
            /**
             * Format: int32
             * @description The most days that this server keeps a session; `null`: unlimited.
             */
            server?: number | null;
        };
        RetentionPreview: {
            /**
             * Format: int64
             * @description When the first would go, within the hour: microseconds since 1970 (UTC). A limit that is chosen now counts from then on.
             */
            at_us: number;
            /** @description The oldest of those that would go, three at most. */
            oldest: components["schemas"]["OldSession"][];
            /**
             * Format: int64
             * @description How many as old stay, because they are references.
             */
            references: number;
            /**
             * Format: int64
             * @description How many would go at that time.
             */
            sessions: number;
        };
        /** @description What a language model noticed in a session. */
        Review: {
            /** @description How many of its notes were dropped, because they quote nothing that was said. */
            dropped: number;
            /** @description The model, as the operator set it. */
            model: string;
            notes: components["schemas"]["Note"][];
            /**
             * Format: int32
             * @description The version of what it was asked.
             */
            prompt_version: number;
        };
        Reviewed: {
            review?: components["schemas"]["Review"] | null;
        };
        RoomConsentRequest: {
            /** @description How the person is called, at most 80 characters; the candidate sees it. */
            name?: string | null;
            /** @description The version that the person read. It must be the one in force. */
            version: string;
        };
        /** @description A running estimate of the four scores; `None`: not enough to say yet. */
        RunningScores: {
            /** Format: float */
            clarity?: number | null;
            /** Format: float */
            confidence?: number | null;
            /** Format: float */
            engagement?: number | null;
            /** Format: float */
            resilience?: number | null;
            t: components["schemas"]["MediaTime"];
        };
        S3Bucket: {
            name: string;
        };
        /** @description A notification; of its many fields only these are read. */
        S3Notification: {
            /** @description Absent in the message with which S3 tests the address. */
            Records?: components["schemas"]["S3Record"][];
        };
        S3Place: {
            bucket: components["schemas"]["S3Bucket"];
            object: Record<string, never>;
        };
        S3Record: {
            eventName?: string;
            s3: components["schemas"]["S3Place"];
        };
        /**
         * @description What the bearer of a token may do.
         * @enum {string}
         */
        Scope: "publish" | "watch" | "api";
        /** @description A practice index, not a verdict. */
        Score: {
            /** @description What it is the sum of. */
            contributions: components["schemas"]["Contribution"][];
            /**
             * Format: float
             * @description The share of the score's weight that rests on evidence, 0 to 1.
             */
            coverage: number;
            /** @description Where the score lies, given what could not be judged and how it changed within the answer. A score may have a range and no value. */
            range?: number[] | null;
            reason?: string | null;
            /**
             * Format: float
             * @description Points that stand in for what could not be judged; the others are those of the contributions.
             */
            unknown?: number;
            /**
             * Format: float
             * @description 10 to 97; `null`: not enough to say, and `reason` says why.
             */
            value?: number | null;
        };
        /** @description The four scores; `null`: not enough data. */
        ScoreValues: {
            /** Format: double */
            clarity?: number | null;
            /**
             * Format: double
             * @description 0 to 100.
             */
            confidence?: number | null;
            /** Format: double */
            engagement?: number | null;
            /** Format: double */
            resilience?: number | null;
        };
        Scores: {
            clarity: components["schemas"]["Score"];
            confidence: components["schemas"]["Score"];
            engagement: components["schemas"]["Score"];
            resilience: components["schemas"]["Score"];
        };
        /** @description The phrases that were found. */
        SearchResults: {
            /** @description At most 100, newest session first. */
            phrases: components["schemas"]["Found"][];
        };
        /** @description One paragraph under its heading. */
        Section: {
            /** @description The paragraph. */
            text: string;
            /** @description The heading. */
            title: string;
        };
        /** @description Curves at 2 Hz. All have the same length; `null` = nothing known there. */
        Series: {
            /** @description 0 to 1. */
            arousal: (number | null)[];
            /** @description 0 to 1. */
            expressiveness: (number | null)[];
            /** @description 0 or 1, or a share in between: eyes on the camera. */
            eye_contact: (number | null)[];
            /** @description dB re 2e-5 while speaking. */
            level_db: (number | null)[];
            pace_wpm: (number | null)[];
            /** @description Semitones relative to the person's median pitch. */
            pitch_st: (number | null)[];
            /**
             * Format: int64
             * @description Milliseconds from one sample to the next: 500.
             */
            step_ms: number;
            /** @description Composite z against the baseline; over 2 is a spike. */
            stress: (number | null)[];
            /** @description -1 to 1. */
            valence: (number | null)[];
        };
        /** @description A session as pages see it. */
        Session: {
            /** @description Its answers with their scores. */
            answers: components["schemas"]["AnswerRow"][];
            /** @description Whether its device check was measured. */
            calibrated: boolean;
            /**
             * Format: int64
             * @description When it was created: microseconds since 1970 (UTC).
             */
            created_us: number;
            /**
             * Format: int64
             * @description Length of the recording; `null` until it is whole.
             */
            duration_ms?: number | null;
            /** @description Why it failed; `null` when it has not. */
            failure?: string | null;
            /** @description Whether it is the reference answer to its questions. */
            gold: boolean;
            /** @description Id of the session. */
            id: components["schemas"]["SessionId"];
            /** @description Whether whoever asks made it. */
            own: boolean;
            /** @description Its questions, in the order they are asked. */
            questions: components["schemas"]["AskedQuestion"][];
            /** @description Whether somebody was invited to take part while it is live. */
            room: boolean;
            scores?: components["schemas"]["ScoreValues"] | null;
            /** @description Where its media comes from. */
            source: components["schemas"]["SessionSource"];
            /**
             * Format: int64
             * @description Wall time of t = 0: microseconds since 1970 (UTC); `null` before the first media.
             */
            started_us?: number | null;
            /** @description Its state now. */
            state: components["schemas"]["SessionState"];
        };
        /**
         * Format: uuid
         * @description A session: one media timeline with one or several answers.
         */
        SessionId: string;
        /**
         * @description Where the media of a session comes from.
         * @enum {string}
         */
        SessionSource: "live" | "upload";
        /**
         * @description States: `created -> live <-> grace -> finalising -> scoring -> ready`, or `interrupted`, `failed`, `deleted`.
         * @enum {string}
         */
        SessionState: "created" | "live" | "grace" | "finalising" | "scoring" | "ready" | "interrupted" | "failed" | "deleted";
        Sessions: {
            next?: components["schemas"]["SessionId"] | null;
            /** @description Newest first. */
            sessions: components["schemas"]["Session"][];
        };
        /** @description What a link to a set is opened by. */
        SetSecret: {
            /** @description The secret of the link. */
            link: string;
        };
        Settings: {
            /**
             * Format: int32
             * @description The number of days after which sessions are deleted, 1 to 36500; `null`: the server's limit.
             */
            retention_days?: number | null;
        };
        Share: {
            /**
             * Format: int32
             * @description 1 to 366; `null`: until it is revoked.
             */
            days?: number | null;
            /** @description The address of an account on this server. */
            email: string;
            /** @description Whether scores and report are shown too, beside recording and transcript. */
            scores?: boolean;
        };
        ShareMade: {
            /** Format: uuid */
            id: string;
        };
        /** @description A session that somebody shares with a person. */
        Shared: {
            /**
             * Format: int64
             * @description When the session was made: microseconds since 1970 (UTC).
             */
            created_us: number;
            owner_email?: string | null;
            /** @description Who shares it. */
            owner_name?: string | null;
            role: components["schemas"]["GrantRole"];
            scores: boolean;
            /** Format: uuid */
            session: string;
        };
        /** @description A question as whoever has the link sees it. */
        SharedQuestion: {
            family: components["schemas"]["Family"];
            /** @description `null`: the owner of the set wrote it. */
            id?: string | null;
            /** @description The role or company that it is for. */
            label?: string | null;
            /**
             * Format: int64
             * @description Suggested length of an answer.
             */
            suggested_ms: number;
            text: string;
            /** @description Advice on how to answer; empty: there is none. */
            tip: string;
        };
        SharedSessions: {
            /** @description The newest 200, newest first. */
            sessions: components["schemas"]["Shared"][];
        };
        /** @description A set as whoever has the link sees it. */
        SharedSet: {
            name: string;
            /** @description Who shows it; `null`: they have no name here. */
            owner_name?: string | null;
            /** @description Its questions, in their order. */
            questions: components["schemas"]["SharedQuestion"][];
        };
        /** @description A hint and how long it is shown. */
        ShownHint: components["schemas"]["Hint"] & {
            /**
             * Format: int64
             * @description How long it stays on the screen.
             */
            for_ms: number;
        };
        SignedOut: {
            /** @description The provider's page that signs the browser out there too; `null`: nothing is left to do. */
            location?: string | null;
        };
        /** @description The latest message of each kind; a field is `null` when there was none. */
        Snapshot: {
            asked?: components["schemas"]["Asked"] | null;
            hint?: components["schemas"]["ShownHint"] | null;
            interviewer?: components["schemas"]["Present"] | null;
            progress?: components["schemas"]["Progress"] | null;
            /** @description Why the session failed. */
            reason?: string | null;
            score?: components["schemas"]["RunningScores"] | null;
            state?: components["schemas"]["SessionState"] | null;
            talk_time?: components["schemas"]["TalkTime"] | null;
            /**
             * Format: int32
             * @description How many see and hear the candidate.
             */
            viewers?: number | null;
            vitals?: components["schemas"]["Vitals"] | null;
        };
        /** @description From `start` up to, not including, `end`. */
        Span: {
            end: components["schemas"]["MediaTime"];
            start: components["schemas"]["MediaTime"];
        };
        /** @enum {string} */
        Speaker: "candidate" | "interviewer";
        StoredPart: {
            /** Format: int64 */
            bytes: number;
            /** @description CRC-64/NVME in 16 hexadecimal digits, where the store gives it. */
            crc64?: string | null;
            /** Format: int32 */
            number: number;
        };
        /**
         * @description The parts of a story of work.
         * @enum {string}
         */
        StoryPart: "situation" | "task" | "action" | "result";
        /** @description Signals that rose together over the person's baseline. */
        StressSpike: {
            /**
             * Format: float
             * @description Composite z at the peak.
             */
            height: number;
            peak: components["schemas"]["MediaTime"];
            recovered?: components["schemas"]["MediaTime"] | null;
            /** @description Which signals, strongest first. */
            signals: string[];
            start: components["schemas"]["MediaTime"];
        };
        /** @description How long each has spoken so far, with an interviewer. */
        TalkTime: {
            /** Format: int64 */
            candidate_ms: number;
            /** Format: int64 */
            interviewer_ms: number;
            t: components["schemas"]["MediaTime"];
        };
        Text: {
            sections: components["schemas"]["Section"][];
            title: string;
            version: string;
        };
        /** @description A token as its owner sees it. */
        Token: {
            /**
             * Format: int64
             * @description Microseconds since 1970 (UTC).
             */
            created_us: number;
            /**
             * Format: int64
             * @description Microseconds since 1970 (UTC).
             */
            expires_us: number;
            /** Format: uuid */
            id: string;
            name?: string | null;
            scope: components["schemas"]["Scope"];
            /**
             * Format: uuid
             * @description The only session it is valid for; `null`: all.
             */
            session?: string | null;
            /**
             * Format: int64
             * @description Its last use, within a minute; `null`: never.
             */
            used_us?: number | null;
        };
        TokenRequest: {
            /**
             * Format: int32
             * @description 1 to 366.
             */
            days: number;
            /** @description What it is for, in the person's words; 1 to 100 characters. */
            name: string;
            scope: components["schemas"]["Scope"];
            session?: components["schemas"]["SessionId"] | null;
        };
        Tokens: {
            /** @description Those in force, newest first. */
            tokens: components["schemas"]["Token"][];
        };
        /**
         * @description How a transcript is written.
         * @enum {string}
         */
        TranscriptFormat: "vtt" | "srt" | "text";
        /** @description How one score or metric went over the sessions. */
        Trend: {
            /** @description True: it went the way that the scores aim at; `null` without a direction or an aim. */
            better?: boolean | null;
            direction?: components["schemas"]["Direction"] | null;
            id: string;
            /** Format: float */
            latest?: number | null;
            name: string;
            /**
             * Format: float
             * @description Change from one session to the next (median slope).
             */
            per_session?: number | null;
            /** @description The person's own range: the 10th and the 90th percentile. */
            range?: number[] | null;
            /** @description Sessions that had a value. */
            sessions: number;
            unit: string;
            words: string;
        };
        Trends: {
            /** @description Oldest first. */
            points: components["schemas"]["TrendsPoint"][];
            trends: components["schemas"]["Trend"][];
        };
        /** @description A scored session of the trend. */
        TrendsPoint: {
            /** Format: int64 */
            at_us: number;
            /** @description By id; `null`: not enough to say. */
            metrics: {
                [key: string]: number | null;
            };
            scores: components["schemas"]["ScoreValues"];
            session_id: components["schemas"]["SessionId"];
        };
        /** @description How the candidate and the interviewer took turns. */
        Turns: {
            /**
             * Format: float
             * @description Seconds of speech.
             */
            candidate_s: number;
            /** @description Who began while the other one spoke and made them stop; in order of time. */
            interruptions: components["schemas"]["Interruption"][];
            /** @description When the interviewer spoke, in order of time. */
            interviewer: components["schemas"]["Span"][];
            /** Format: float */
            interviewer_s: number;
            listening?: components["schemas"]["Listening"] | null;
            /** @description Where both spoke, in order of time. */
            overlaps: components["schemas"]["Span"][];
            /** @description From the end of each question, as it was heard, to the first word after it; in order of time. */
            responses: components["schemas"]["Response"][];
            /**
             * Format: float
             * @description The candidate's share of all speech, 0 to 1.
             */
            share: number;
        };
        /** @description An upload, and what the store has of it. */
        Upload: {
            /** Format: int64 */
            bytes: number;
            content_type: string;
            /**
             * Format: int64
             * @description Parts are accepted until this time; requesting the slot again extends it.
             */
            expires_us: number;
            /**
             * Format: uuid
             * @description The job that analyzes the file; `null`: the upload is not complete.
             */
            job?: string | null;
            name: string;
            /**
             * Format: int64
             * @description Length of every part but the last.
             */
            part_bytes: number;
            /**
             * Format: int64
             * @description The number of parts; they are numbered from 1.
             */
            parts: number;
            stored: components["schemas"]["StoredPart"][];
        };
        UploadRequest: {
            /**
             * Format: int64
             * @description Its length in bytes; at most `limits.upload_bytes`.
             */
            bytes: number;
            /** @description Its media type, one of MP4, MOV, WebM and MKV. */
            content_type: string;
            /** @description The person's name for the file; kept as a label. */
            name: string;
        };
        UrlsRequest: {
            /** @description 1 to 32 numbers of parts. */
            parts: number[];
        };
        /**
         * Format: uuid
         * @description A person who owns sessions.
         */
        UserId: string;
        /** @description A visit as the owner of the session sees it. */
        Visit: {
            /** @description How the guest is called, in their own words; `null`: they did not say. */
            name?: string | null;
            /**
             * Format: int64
             * @description Microseconds since 1970 (UTC).
             */
            opened_us: number;
            /**
             * Format: int64
             * @description The last request, within a minute: microseconds since 1970 (UTC).
             */
            seen_us: number;
        };
        /** @description Five times a second: enough for a meter and a light, not for a verdict. */
        Vitals: {
            /** Format: float */
            arousal?: number | null;
            /**
             * Format: float
             * @description Share of the last 5 s.
             */
            eye_contact?: number | null;
            face: boolean;
            /** Format: int32 */
            faces: number;
            /** @description The baseline is still being learnt. */
            learning: boolean;
            /**
             * Format: float
             * @description dB re 2e-5.
             */
            level_db?: number | null;
            /**
             * Format: float
             * @description Over the last 20 s; `None` while there is too little speech.
             */
            pace_wpm?: number | null;
            /**
             * Format: float
             * @description Semitone SD over the last 20 s.
             */
            pitch_sd_st?: number | null;
            quality?: components["schemas"]["QualityReason"] | null;
            speaking: boolean;
            t: components["schemas"]["MediaTime"];
            /** Format: float */
            valence?: number | null;
        };
        /** @enum {string} */
        VoiceActivityModel: "silero" | "energy";
        /** @description How people sign in on this server. */
        Ways: {
            /** @description Whether whoever has forgotten a password gets a link by mail. */
            forgotten: boolean;
            /** @description `personal`: one person, no sign-in; `accounts`: people sign in. */
            mode: string;
            /** @description Whether devices other than the server's own machine are paired by a code first. */
            pairing: boolean;
            /** @description Whether people sign in by a passkey, alone or after a password. */
            passkeys: boolean;
            /** @description Whether names and passwords of this server are taken. */
            password: boolean;
            /** @description What the provider is called, at which people sign in by `/auth/login`; `null`: there is none. */
            provider?: string | null;
        };
        /** @description One word of a [`Phrase`]. */
        Word: {
            end: components["schemas"]["MediaTime"];
            /** @description True for um, uh, er and the like. */
            filler: boolean;
            /**
             * Format: float
             * @description Mean natural logarithm of the probabilities of its tokens.
             */
            logp: number;
            start: components["schemas"]["MediaTime"];
            /** @description As written, with the punctuation that touches it ("country,"). */
            w: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
