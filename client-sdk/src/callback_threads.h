// The threads on which gRPC calls back.
#ifndef CHARTER_CLIENT_SDK_SRC_CALLBACK_THREADS_H_
#define CHARTER_CLIENT_SDK_SRC_CALLBACK_THREADS_H_

namespace charter::client::internal {

// Before the first call that calls back. gRPC ends these threads with the last
// channel that used them, and aborts when one of them lets that channel go, as
// a callback that outlives its client does. So one channel stays for good.
void KeepCallbackThreads();

}  // namespace charter::client::internal

#endif  // CHARTER_CLIENT_SDK_SRC_CALLBACK_THREADS_H_
