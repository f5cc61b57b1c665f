// The token of whoever looks. It lives as long as the tab does, and is sent to this origin alone.

const key = "overlap-token";
let token = null;
const listeners = new Set();

// Storage can be switched off in a browser; the token is then kept by this page only.
function stored() {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // Kept in `token`.
  }
}

// A link can bring the token in its fragment, which a browser never sends. It is taken out of the
// address at once, so that it is neither bookmarked nor seen over a shoulder.
function takeFromFragment() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const brought = fragment.get("token");
  if (brought === null) return false;
  history.replaceState(null, "", location.pathname + location.search);
  if (brought !== "") setToken(brought);
  return true;
}

export function setToken(value) {
  token = value;
  store(value);
  for (const tell of listeners) tell();
}

export const getToken = () => token;
export const onTokenChange = (tell) => listeners.add(tell);

export function beginSession() {
  token = stored();
  takeFromFragment();
  addEventListener("hashchange", takeFromFragment);
}
