"""The query socket: how a request and its answer travel between the leader and the others."""
