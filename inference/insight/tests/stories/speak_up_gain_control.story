# With automatic gain the level says nothing, so nothing is said about it.
device-check
gain-control
0:00 speak 140
0:30 level -9
1:00 end
expect no hint speak_up
expect volume_level unsaid
hint 0:30.2 good_eye_contact | eyes on the camera for 100 % of the last 20 s
