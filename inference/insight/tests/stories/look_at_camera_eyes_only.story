# The head stays, the eyes wander: the irises tell.
device-check
0:00 speak 140
0:20 look eyes-aside
0:50 end
expect hint look_at_camera between 0:25 and 0:32
hint 0:27.2 look_at_camera | eyes on the camera for 12 % of the last 8 s
