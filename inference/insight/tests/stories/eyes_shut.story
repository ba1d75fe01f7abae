# Lids down all the time: eyes that are shut look at nothing, and no device check is needed to see that.
0:00 speak 140
0:00 look shut
1:00 end
expect eye_contact under 0.3
expect hint look_at_camera between 0:10 and 0:25
hint 0:10.0 look_at_camera | eyes on the camera for 0 % of the last 8 s
